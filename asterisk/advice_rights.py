"""Findings about what the account may read, ask for and do, as sentences in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asterisk.sentence import Advice, error, ok, warn

RIGHTS: Mapping[str, Advice] = {
    "read_fine": ok("The account may read {kinds}.", "账户可读事件类别：{kinds}。"),
    "read_missing": error(
        (
            "The account may not read the class {kind}: {loss}.",
            "manager.conf [{user}]: add {kind} to read; then: manager reload.",
        ),
        (
            "账户无权读取事件类别 {kind}：{loss_zh}。",
            "请在 manager.conf 的 [{user}] 中把 {kind} 加入 read，然后执行 manager reload。",
        ),
    ),
    "read_unseen": warn(
        (
            "No event of the class {kind} came while listening, so the right to read it is not proven; "
            "without it {loss}.",
            "Make sure that {kind} stands in read of manager.conf [{user}], or check again while calls are going on.",
        ),
        (
            "监听期间没有收到类别 {kind} 的事件，无法确认读取权限；缺少它时{loss_zh}。",
            "请确认 manager.conf 的 [{user}] 的 read 中包含 {kind}，或在有通话时再次检查。",
        ),
    ),
    "write_missing": error(
        (
            "The account may not ask for {actions}, so the full picture on connecting is incomplete.",
            "manager.conf [{user}]: add reporting to write; then: manager reload.",
        ),
        (
            "账户无权查询 {actions}，连接时无法取得完整现状。",
            "请在 manager.conf 的 [{user}] 中把 reporting 加入 write，然后执行 manager reload。",
        ),
    ),
    "write_no_phones": warn(
        (
            "The account may not list PJSIP phones and trunks, so their state shows only once it changes.",
            "Either accept that, or add system to write of manager.conf [{user}] (which allows much more than lists).",
        ),
        (
            "账户无权列出 PJSIP 话机与中继，连接后只有状态变化时才会显示。",
            "可以接受，或在 manager.conf 的 [{user}] 的 write 中加入 system（该权限远不止查询）。",
        ),
    ),
    "write_broad": warn(
        (
            "The account may do more than Floorwatch needs: {kinds}.",
            "Take these classes from write of manager.conf [{user}], in case the secret is ever stolen.",
        ),
        (
            "账户权限超出 Floorwatch 所需：{kinds}。",
            "请从 manager.conf 的 [{user}] 的 write 中去掉这些类别，以防密码泄露。",
        ),
    ),
    "calls_fine": ok("The account may place the calls that tell people.", "账户可以拨打通知电话。"),
    "calls_refused": error(
        (
            "Phone calls are set up ([notify.phone]), but the account must not place calls.",
            "manager.conf [{user}]: add originate to write, as config/floorwatch-manager-phone.conf does.",
        ),
        (
            "已配置电话通知（[notify.phone]），但账户无权拨打电话。",
            "请在 manager.conf 的 [{user}] 的 write 中加入 originate（见 config/floorwatch-manager-phone.conf）。",
        ),
    ),
    "calls_deaf": error(
        (
            "Event filters of the account hide how our calls end and which key is pressed.",
            "manager.conf [{user}]: let OriginateResponse and VarSet FLOOR_KEY through "
            "(config/floorwatch-manager-phone.conf has the lines).",
        ),
        (
            "事件过滤器隐藏了通知电话的结果与按键。",
            "请在 manager.conf 的 [{user}] 中放行 OriginateResponse 与 VarSet FLOOR_KEY"
            "（见 config/floorwatch-manager-phone.conf）。",
        ),
    ),
    "filters_fine": ok("The account's event filters let through all that is used.", "事件过滤器放行了所需的全部事件。"),
    "filters_none": ok(
        "No event filter: the exchange also sends what nobody reads, which is most of it. It need not: put the lines "
        "that floor check --apply-filters prints into manager.conf [{user}], or set filters = true for this exchange "
        "(needs write = system; see docs/connect.md).",
        "未设置事件过滤器：交换机也会发送大量用不到的事件。如需减少，可将 floor check --apply-filters 打印的配置写入 "
        "manager.conf 的 [{user}]，或为该交换机设置 filters = true（需要 write = system，见 docs/connect.md）。",
    ),
    "filter_taken": ok(
        "The exchange took the event filter for this session: {before} events came without it, {after} with it.",
        "交换机接受了本次会话的事件过滤器：相同时间内，过滤前收到 {before} 个事件，过滤后 {after} 个。",
    ),
    "filter_refused": warn(
        (
            "The exchange does not take event filters from us: {said}.",
            "Floorwatch works without; for less traffic put the lines below into manager.conf [{user}], or add system "
            "to its write.",
        ),
        (
            "交换机不接受事件过滤器：{said}。",
            "不影响使用；如需减少流量，请将下列配置写入 manager.conf 的 [{user}]，或在其 write 中加入 system。",
        ),
    ),
    "filters_not_allowed": warn(
        (
            "filters = true is set, but the account may not filter events, so everything is sent.",
            "manager.conf [{user}]: add system to write, or put the eventfilter lines there "
            "(floor check --apply-filters prints them).",
        ),
        (
            "已设置 filters = true，但账户无权设置事件过滤器，因此仍会发送全部事件。",
            "请在 manager.conf 的 [{user}] 的 write 中加入 system，或直接写入 eventfilter"
            "（floor check --apply-filters 会打印）。",
        ),
    ),
    "events_hidden": error(
        (
            "Event filters of the account hide {events}.",
            "manager.conf [{user}]: change the eventfilter lines (config/floorwatch-manager.conf has ones that fit).",
        ),
        (
            "账户的事件过滤器隐藏了 {events}。",
            "请修改 manager.conf 的 [{user}] 的 eventfilter（可参考 config/floorwatch-manager.conf）。",
        ),
    ),
    "events_disabled": error(
        ("The exchange is told never to raise {events}.", "manager.conf [general]: take them from disabledevents."),
        ("交换机被设置为不产生 {events}。", "请从 manager.conf 的 [general] 的 disabledevents 中去掉它们。"),
    ),
    "read_without": warn(
        (
            "The account may not read the class {kind}: {gain}.",
            "If you want that: manager.conf [{user}]: add {kind} to read; then: manager reload.",
        ),
        (
            "账户无权读取事件类别 {kind}：{gain_zh}。",
            "如有需要，请在 manager.conf 的 [{user}] 中把 {kind} 加入 read，然后执行 manager reload。",
        ),
    ),
    "read_extras_unseen": warn(
        (
            "It cannot be seen whether the account may read the classes {kinds}; without them reports from phones and "
            "the exchange's own limits are not noticed.",
            "Make sure that {kinds} stand in read of manager.conf [{user}].",
        ),
        (
            "无法得知账户是否有权读取类别 {kinds}；缺少时收不到话机上报，也无法得知交换机达到自身上限。",
            "请确认 manager.conf 的 [{user}] 的 read 中包含 {kinds}。",
        ),
    ),
    "acts_fine": ok(
        "The account may do what supervisors command from the console.", "账户可以执行主管在控制台下达的操作。"
    ),
    "acts_missing": warn(
        (
            "The account may not use {actions}, so this will not work: {acts}.",
            "Where supervisors are to act, and not only to watch: include config/floorwatch-manager-console.conf at "
            "the end of manager.conf (it adds {classes} to write of [{user}]); then: manager reload, and restart "
            "Floorwatch.",
        ),
        (
            "账户无权执行 {actions}，因此以下功能不可用：{acts_zh}。",
            "如需主管在控制台操作，请在 manager.conf 末尾包含 config/floorwatch-manager-console.conf"
            "（在 [{user}] 的 write 中加入 {classes}），然后执行 manager reload 并重启 Floorwatch。",
        ),
    ),
}

LOSSES: Mapping[str, tuple[str, str]] = {
    "system": (
        "phones and trunks that come and go, and restarts, are not noticed",
        "无法得知话机、中继的上下线以及交换机重启",
    ),
    "call": (
        "rings, holds, transfers and calls outside the queues are not seen",
        "看不到振铃、保持、转接以及队列以外的通话",
    ),
    "agent": (
        "there are no queues, agents or callers to be seen, which is nearly everything",
        "看不到队列、坐席和来电者，即几乎全部内容",
    ),
    "dialplan": (
        "callers who were timed out, pressed a key or were sent away cannot be told from those who hung up",
        "无法区分超时、按键退出、被转出的来电与主动挂断的来电",
    ),
}
"""What is lost without each read class, by language."""

GAINS: Mapping[str, tuple[str, str]] = {
    "user": (
        "emergency reports and calls for help from phones (UserEvent FloorReport) do not arrive",
        "收不到话机上报的紧急情况与求助（UserEvent FloorReport）",
    ),
    "security": (
        "that the exchange has reached its limit of load, memory or sessions is not noticed (R-EMG-27)",
        "无法得知交换机达到负载、内存或会话上限（R-EMG-27）",
    ),
}
"""What is not there without each class that a floor may do without, by language."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something people do from the console: the actions it takes, the write class they need, and its name."""

    actions: tuple[str, ...]
    needs: str
    en: str
    zh: str


ACTS = (
    Act(
        ("QueuePause",), "agent", "evacuation (R-EMG-16), pausing and readying agents", "紧急撤离（R-EMG-16）、示忙示闲"
    ),
    Act(("QueueAdd", "QueueRemove", "QueuePenalty"), "agent", "members of queues", "增减队列成员"),
    Act(("Hangup",), "call", "hanging up calls", "强拆通话"),
    Act(("Redirect", "Bridge"), "call", "moving and taking over calls", "转移与接管通话"),
    Act(("Originate",), "originate", "listening, whispering and barging in", "监听、密语与强插"),
)
