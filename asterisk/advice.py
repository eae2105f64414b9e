"""Every finding of a check as sentences, in English and Chinese: what is so, and what to do about it.

Texts name files and options of Asterisk as an administrator meets them. ``{…}`` are values from the exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Language = Literal["en", "zh"]


class Severity(StrEnum):
    """How much a finding weighs."""

    OK = "ok"
    WARN = "warn"
    """The floor is shown, with something missing or less exact."""
    ERROR = "error"
    """Numbers would be wrong or absent."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One kind of finding: what is so and its remedy, by language; no remedy: nothing to do."""

    severity: Severity
    en: tuple[str, str]
    zh: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one exchange."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return ADVICE[self.code].severity

    def what(self, language: Language = "en") -> str:
        """What is so, one sentence or two."""
        return self._text(language)[0].format_map(_Clean(self.values))

    def remedy(self, language: Language = "en") -> str:
        """What to do about it; empty when there is nothing to do."""
        return self._text(language)[1].format_map(_Clean(self.values))

    def _text(self, language: Language) -> tuple[str, str]:
        return ADVICE[self.code].zh if language == "zh" else ADVICE[self.code].en


class _Clean(dict[str, str]):
    """Values made fit for a terminal: the exchange is not trusted to send only printable text."""

    def __getitem__(self, key: str) -> str:
        return "".join(c for c in super().__getitem__(key) if c.isprintable())[:300]


def _ok(en: str, zh: str) -> Advice:
    return Advice(Severity.OK, (en, ""), (zh, ""))


def _warn(en: tuple[str, str], zh: tuple[str, str]) -> Advice:
    return Advice(Severity.WARN, en, zh)


def _error(en: tuple[str, str], zh: tuple[str, str]) -> Advice:
    return Advice(Severity.ERROR, en, zh)


ADVICE: Mapping[str, Advice] = {
    # -- getting there ------------------------------------------------------------------------------------------
    "nothing_listens": _error(
        (
            "Nothing listens on {place}.",
            "Check host and port. On the exchange: is Asterisk running, and does manager.conf [general] have "
            "enabled = yes and a bindaddr that is reachable from here (not only 127.0.0.1)? Then: manager reload.",
        ),
        (
            "{place} 上没有服务在监听。",
            "请检查主机和端口。在交换机上确认 Asterisk 已运行，manager.conf 的 [general] 中 enabled = yes，且 bindaddr "
            "可从本机访问（不能只是 127.0.0.1），然后执行 manager reload。",
        ),
    ),
    "host_unknown": _error(
        ("The host name in {place} is not known.", "Check the spelling, or give an address."),
        ("无法解析主机名：{place}。", "请检查拼写，或直接填写 IP 地址。"),
    ),
    "no_answer": _error(
        (
            "{place} does not answer.",
            "A firewall on the way usually drops the packets silently: allow this machine to reach the AMI port.",
        ),
        ("{place} 没有应答。", "通常是途中的防火墙丢弃了数据包：请放行本机到 AMI 端口的访问。"),
    ),
    "not_ami": _error(
        (
            "{place} accepts connections but does not speak AMI.",
            "Check the port (AMI is 5038, with TLS usually 5039), and that tls is set here exactly when the port "
            "expects TLS.",
        ),
        (
            "{place} 可以连接，但不是 AMI 服务。",
            "请检查端口（AMI 为 5038，TLS 通常为 5039），以及本端的 tls 设置是否与该端口一致。",
        ),
    ),
    "tls_failed": _error(
        (
            "No TLS with {place}: {detail}.",
            "manager.conf [general]: tlsenable = yes, tlsbindaddr, tlscertfile; or switch tls off here.",
        ),
        (
            "无法与 {place} 建立 TLS：{detail}。",
            "请在 manager.conf 的 [general] 中设置 tlsenable = yes、tlsbindaddr、tlscertfile；或在本端关闭 tls。",
        ),
    ),
    "certificate": _error(
        (
            "The certificate of {place} is not trusted: {detail}.",
            "Give the CA that signed it as tls_ca, and connect by the host name that stands in the certificate.",
        ),
        (
            "{place} 的证书不受信任：{detail}。",
            "请用 tls_ca 指定签发该证书的 CA，并使用证书中的主机名进行连接。",
        ),
    ),
    "no_secret": _error(
        ("There is no usable secret: {detail}.", "Give ami secret_file (one line, readable by Floorwatch) or secret."),
        ("没有可用的密码：{detail}。", "请设置 secret_file（单行文件，Floorwatch 可读）或 secret。"),
    ),
    "refused": _error(
        (
            "The exchange refused the login of user {user}: {detail}.",
            "Asterisk gives the same answer to a wrong secret, an unknown user, and an address that is not permitted. "
            "Compare user and secret with manager.conf, and its permit/deny (or acl) with the address of this machine; "
            "the exchange's log says which it was. Then: manager reload.",
        ),
        (
            "交换机拒绝了用户 {user} 的登录：{detail}。",
            "密码错误、用户不存在、地址不在允许范围内时，Asterisk 的回答相同。请核对 manager.conf 中的用户与密码，以及 "
            "permit/deny（或 acl）是否包含本机地址；交换机日志会说明具体原因。修改后执行 manager reload。",
        ),
    ),
    "lost": _error(
        ("The connection was lost during the check: {detail}.", "Run the check again; look at the network between."),
        ("检查过程中连接中断：{detail}。", "请重新检查，并排查两端之间的网络。"),
    ),
    "connected": _ok("Connected to {place} as {user}.", "已用 {user} 连接到 {place}。"),
    # -- version and clock --------------------------------------------------------------------------------------
    "version_fine": _ok("Asterisk {version}: supported.", "Asterisk {version}：受支持。"),
    "version_old": _error(
        ("Asterisk {version} is older than 16.", "Floorwatch reads the events of Asterisk 16 to 22: upgrade."),
        ("Asterisk {version} 低于 16。", "Floorwatch 支持 Asterisk 16 至 22 的事件，请升级。"),
    ),
    "version_new": _warn(
        (
            "Asterisk {version} is newer than what Floorwatch was tried with (16 to 22).",
            "Compare a day with queue_log.",
        ),
        ("Asterisk {version} 比已验证的版本（16 至 22）更新。", "请用一天的 queue_log 进行核对。"),
    ),
    "version_unknown": _warn(
        (
            "The exchange does not say which version it is.",
            "Allow write = reporting, so that CoreSettings is answered.",
        ),
        ("交换机没有告知版本。", "请为账户授予 write = reporting，以便查询 CoreSettings。"),
    ),
    "clock_fine": _ok("The clocks agree to {offset} s.", "两端时钟相差 {offset} 秒，正常。"),
    "clock_skew": _warn(
        (
            "The exchange's clock differs from ours by {offset} s.",
            "Floorwatch reckons with it, but times on phones, tickets and boards will not agree: run NTP on both.",
        ),
        (
            "交换机时钟与本机相差 {offset} 秒。",
            "Floorwatch 会自行换算，但话机、工单与看板的时间会不一致：请两端启用 NTP。",
        ),
    ),
    "timestamps_on": _ok("Events carry the exchange's own time.", "事件带有交换机自己的时间戳。"),
    "timestamps_off": _warn(
        (
            "Events carry no timestamps, so times are those of arrival: delays on the way count as waiting or talking.",
            "manager.conf [general]: timestampevents = yes; then: manager reload.",
        ),
        (
            "事件没有时间戳，只能按到达时间计算：途中的延迟会被算作等待或通话时间。",
            "请在 manager.conf 的 [general] 中设置 timestampevents = yes，然后执行 manager reload。",
        ),
    ),
    "timestamps_unseen": _warn(
        (
            "No event came while listening, so it is not known whether events carry timestamps.",
            "Make sure of timestampevents = yes in manager.conf [general], or check again while calls are going on.",
        ),
        (
            "监听期间没有收到事件，无法得知事件是否带时间戳。",
            "请确认 manager.conf 的 [general] 中 timestampevents = yes，或在有通话时再次检查。",
        ),
    ),
    # -- rights -------------------------------------------------------------------------------------------------
    "read_fine": _ok("The account may read {kinds}.", "账户可读事件类别：{kinds}。"),
    "read_missing": _error(
        (
            "The account may not read the class {kind}: {loss}.",
            "manager.conf [{user}]: add {kind} to read; then: manager reload.",
        ),
        (
            "账户无权读取事件类别 {kind}：{loss_zh}。",
            "请在 manager.conf 的 [{user}] 中把 {kind} 加入 read，然后执行 manager reload。",
        ),
    ),
    "read_unseen": _warn(
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
    "write_missing": _error(
        (
            "The account may not ask for {actions}, so the full picture on connecting is incomplete.",
            "manager.conf [{user}]: add reporting to write; then: manager reload.",
        ),
        (
            "账户无权查询 {actions}，连接时无法取得完整现状。",
            "请在 manager.conf 的 [{user}] 中把 reporting 加入 write，然后执行 manager reload。",
        ),
    ),
    "write_no_phones": _warn(
        (
            "The account may not list PJSIP phones and trunks, so their state shows only once it changes.",
            "Either accept that, or add system to write of manager.conf [{user}] (which allows much more than lists).",
        ),
        (
            "账户无权列出 PJSIP 话机与中继，连接后只有状态变化时才会显示。",
            "可以接受，或在 manager.conf 的 [{user}] 的 write 中加入 system（该权限远不止查询）。",
        ),
    ),
    "write_broad": _warn(
        (
            "The account may do more than Floorwatch needs: {kinds}.",
            "Take these classes from write of manager.conf [{user}], in case the secret is ever stolen.",
        ),
        (
            "账户权限超出 Floorwatch 所需：{kinds}。",
            "请从 manager.conf 的 [{user}] 的 write 中去掉这些类别，以防密码泄露。",
        ),
    ),
    "calls_fine": _ok("The account may place the calls that tell people.", "账户可以拨打通知电话。"),
    "calls_refused": _error(
        (
            "Phone calls are set up ([notify.phone]), but the account must not place calls.",
            "manager.conf [{user}]: add originate to write, as config/floorwatch-manager-phone.conf does.",
        ),
        (
            "已配置电话通知（[notify.phone]），但账户无权拨打电话。",
            "请在 manager.conf 的 [{user}] 的 write 中加入 originate（见 config/floorwatch-manager-phone.conf）。",
        ),
    ),
    "calls_deaf": _error(
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
    "filters_fine": _ok(
        "The account's event filters let through all that is used.", "事件过滤器放行了所需的全部事件。"
    ),
    "events_hidden": _error(
        (
            "Event filters of the account hide {events}.",
            "manager.conf [{user}]: change the eventfilter lines (config/floorwatch-manager.conf has ones that fit).",
        ),
        (
            "账户的事件过滤器隐藏了 {events}。",
            "请修改 manager.conf 的 [{user}] 的 eventfilter（可参考 config/floorwatch-manager.conf）。",
        ),
    ),
    "events_disabled": _error(
        ("The exchange is told never to raise {events}.", "manager.conf [general]: take them from disabledevents."),
        ("交换机被设置为不产生 {events}。", "请从 manager.conf 的 [general] 的 disabledevents 中去掉它们。"),
    ),
    # -- the exchange -------------------------------------------------------------------------------------------
    "no_queue_module": _error(
        ("app_queue is not loaded: this exchange has no queues.", "module load app_queue.so, and see modules.conf."),
        ("未加载 app_queue：该交换机没有队列功能。", "执行 module load app_queue.so，并检查 modules.conf。"),
    ),
    "no_sip_module": _warn(
        ("Neither res_pjsip nor chan_sip is loaded: the state of phones is not known.", "Load one, see modules.conf."),
        ("未加载 res_pjsip 或 chan_sip：无法得知话机状态。", "请加载其中之一，并检查 modules.conf。"),
    ),
    "no_queues": _warn(
        (
            "The exchange knows no queue.",
            "Define queues in queues.conf. Queues kept in a database appear after their first call.",
        ),
        ("交换机上没有任何队列。", "请在 queues.conf 中定义队列。保存在数据库中的队列在首次来电后才会出现。"),
    ),
    "queues_fine": _ok("{queues} queues with {members} memberships.", "{queues} 个队列，{members} 个成员席位。"),
    "members_blind": _warn(
        (
            "Members called through Local channels without a state interface: {members}. Their phones are not seen: "
            "they look ready while they telephone, and are rung while busy.",
            "Give the phone or a hint as the member's state interface (queues.conf, AddQueueMember, FreePBX: "
            "extension with hint).",
        ),
        (
            "以下成员经 Local 通道呼叫且没有状态接口：{members}。看不到其话机：通话时显示为空闲，忙时仍会振铃。",
            "请为成员设置状态接口（话机或 hint；queues.conf、AddQueueMember，或 FreePBX 带 hint 的分机）。",
        ),
    ),
    "members_invalid": _warn(
        (
            "Members whose device does not exist: {members}.",
            "Compare interface and state interface with the phones and hints there are (core show hints).",
        ),
        ("以下成员的设备不存在：{members}。", "请核对接口与状态接口是否与实际话机、hint 一致（core show hints）。"),
    ),
    "members_nameless": _warn(
        (
            "Members without a name, shown as their interface: {members}.",
            "Give the agent's name with the membership; the same name in every queue makes one person of it.",
        ),
        ("以下成员没有姓名，只能显示接口：{members}。", "请在队列成员中填写坐席姓名；各队列同名即视为同一人。"),
    ),
    "wrapup_differs": _warn(
        (
            "Queues with a wrap-up time that AMI does not tell: {queues}. Floorwatch takes {ours} s.",
            "Set wrapup_s to the exchange's value, so that after-call work is shown as long as it lasts.",
        ),
        (
            "以下队列设置了话后时间，但 AMI 不会告知：{queues}。Floorwatch 当前按 {ours} 秒。",
            "请把 wrapup_s 设为与交换机一致，话后处理状态才会准确。",
        ),
    ),
    "phones_unqualified": _warn(
        (
            "{count} phones are registered but never asked whether they are still there.",
            "pjsip.conf, aor: qualify_frequency = 60; else a dead phone looks reachable until its registration ends.",
        ),
        (
            "有 {count} 部话机已注册但从不探测是否在线。",
            "请在 pjsip.conf 的 aor 中设置 qualify_frequency = 60，否则掉线的话机在注册过期前一直显示在线。",
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
