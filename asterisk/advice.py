"""Every finding of a check as sentences, in English and Chinese: what is so, and what to do about it.

Texts name files and options of Asterisk as an administrator meets them. ``{…}`` are values from the exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asterisk.advice_rights import RIGHTS
from asterisk.sentence import Advice, Language, Severity, error, ok, warn

__all__ = ["ADVICE", "Finding", "Language", "Severity"]


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


ADVICE: Mapping[str, Advice] = {
    # -- getting there ------------------------------------------------------------------------------------------
    "nothing_listens": error(
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
    "host_unknown": error(
        ("The host name in {place} is not known.", "Check the spelling, or give an address."),
        ("无法解析主机名：{place}。", "请检查拼写，或直接填写 IP 地址。"),
    ),
    "no_answer": error(
        (
            "{place} does not answer.",
            "A firewall on the way usually drops the packets silently: allow this machine to reach the AMI port.",
        ),
        ("{place} 没有应答。", "通常是途中的防火墙丢弃了数据包：请放行本机到 AMI 端口的访问。"),
    ),
    "not_ami": error(
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
    "tls_failed": error(
        (
            "No TLS with {place}: {detail}.",
            "manager.conf [general]: tlsenable = yes, tlsbindaddr, tlscertfile; or switch tls off here.",
        ),
        (
            "无法与 {place} 建立 TLS：{detail}。",
            "请在 manager.conf 的 [general] 中设置 tlsenable = yes、tlsbindaddr、tlscertfile；或在本端关闭 tls。",
        ),
    ),
    "certificate": error(
        (
            "The certificate of {place} is not trusted: {detail}.",
            "Give the CA that signed it as tls_ca, and connect by the host name that stands in the certificate.",
        ),
        (
            "{place} 的证书不受信任：{detail}。",
            "请用 tls_ca 指定签发该证书的 CA，并使用证书中的主机名进行连接。",
        ),
    ),
    "no_secret": error(
        ("There is no usable secret: {detail}.", "Give ami secret_file (one line, readable by Floorwatch) or secret."),
        ("没有可用的密码：{detail}。", "请设置 secret_file（单行文件，Floorwatch 可读）或 secret。"),
    ),
    "refused": error(
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
    "lost": error(
        ("The connection was lost during the check: {detail}.", "Run the check again; look at the network between."),
        ("检查过程中连接中断：{detail}。", "请重新检查，并排查两端之间的网络。"),
    ),
    "connected": ok("Connected to {place} as {user}.", "已用 {user} 连接到 {place}。"),
    # -- version and clock --------------------------------------------------------------------------------------
    "version_fine": ok("Asterisk {version}: supported.", "Asterisk {version}：受支持。"),
    "version_old": error(
        ("Asterisk {version} is older than 16.", "Floorwatch reads the events of Asterisk 16 to 22: upgrade."),
        ("Asterisk {version} 低于 16。", "Floorwatch 支持 Asterisk 16 至 22 的事件，请升级。"),
    ),
    "version_new": warn(
        (
            "Asterisk {version} is newer than what Floorwatch was tried with (16 to 22).",
            "Compare a day with queue_log.",
        ),
        ("Asterisk {version} 比已验证的版本（16 至 22）更新。", "请用一天的 queue_log 进行核对。"),
    ),
    "version_unknown": warn(
        (
            "The exchange does not say which version it is.",
            "Allow write = reporting, so that CoreSettings is answered.",
        ),
        ("交换机没有告知版本。", "请为账户授予 write = reporting，以便查询 CoreSettings。"),
    ),
    "clock_fine": ok("The clocks agree to {offset} s.", "两端时钟相差 {offset} 秒，正常。"),
    "clock_skew": warn(
        (
            "The exchange's clock differs from ours by {offset} s.",
            "Floorwatch reckons with it, but times on phones, tickets and boards will not agree: run NTP on both.",
        ),
        (
            "交换机时钟与本机相差 {offset} 秒。",
            "Floorwatch 会自行换算，但话机、工单与看板的时间会不一致：请两端启用 NTP。",
        ),
    ),
    "timestamps_on": ok("Events carry the exchange's own time.", "事件带有交换机自己的时间戳。"),
    "timestamps_off": warn(
        (
            "Events carry no timestamps, so times are those of arrival: delays on the way count as waiting or talking.",
            "manager.conf [general]: timestampevents = yes; then: manager reload.",
        ),
        (
            "事件没有时间戳，只能按到达时间计算：途中的延迟会被算作等待或通话时间。",
            "请在 manager.conf 的 [general] 中设置 timestampevents = yes，然后执行 manager reload。",
        ),
    ),
    "timestamps_unseen": warn(
        (
            "No event came while listening, so it is not known whether events carry timestamps.",
            "Make sure of timestampevents = yes in manager.conf [general], or check again while calls are going on.",
        ),
        (
            "监听期间没有收到事件，无法得知事件是否带时间戳。",
            "请确认 manager.conf 的 [general] 中 timestampevents = yes，或在有通话时再次检查。",
        ),
    ),
    # -- the exchange -------------------------------------------------------------------------------------------
    "no_queue_module": error(
        ("app_queue is not loaded: this exchange has no queues.", "module load app_queue.so, and see modules.conf."),
        ("未加载 app_queue：该交换机没有队列功能。", "执行 module load app_queue.so，并检查 modules.conf。"),
    ),
    "no_sip_module": warn(
        ("Neither res_pjsip nor chan_sip is loaded: the state of phones is not known.", "Load one, see modules.conf."),
        ("未加载 res_pjsip 或 chan_sip：无法得知话机状态。", "请加载其中之一，并检查 modules.conf。"),
    ),
    "listening_fine": ok(
        "Calls can be listened to in the browser and on a phone.", "可以在浏览器中监听，也可以用话机监听。"
    ),
    "listening_by_phone": warn(
        (
            "chan_audiosocket is not loaded: supervisors can listen on their phones only, not in the browser.",
            "Load it (module load chan_audiosocket.so, and see modules.conf); the package of Asterisk 16 has it not.",
        ),
        (
            "未加载 chan_audiosocket：主管只能用话机监听，不能在浏览器中监听。",
            "执行 module load chan_audiosocket.so，并检查 modules.conf；Asterisk 16 的软件包不含此模块。",
        ),
    ),
    "no_listening": warn(
        ("app_chanspy is not loaded: nobody can listen to calls.", "Load it, see modules.conf."),
        ("未加载 app_chanspy：无法监听通话。", "请加载该模块，并检查 modules.conf。"),
    ),
    "no_queues": warn(
        (
            "The exchange knows no queue.",
            "Define queues in queues.conf. Queues kept in a database appear after their first call.",
        ),
        ("交换机上没有任何队列。", "请在 queues.conf 中定义队列。保存在数据库中的队列在首次来电后才会出现。"),
    ),
    "queues_fine": ok("{queues} queues with {members} memberships.", "{queues} 个队列，{members} 个成员席位。"),
    "members_blind": warn(
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
    "members_invalid": warn(
        (
            "Members whose device does not exist: {members}.",
            "Compare interface and state interface with the phones and hints there are (core show hints).",
        ),
        ("以下成员的设备不存在：{members}。", "请核对接口与状态接口是否与实际话机、hint 一致（core show hints）。"),
    ),
    "members_nameless": warn(
        (
            "Members without a name, shown as their interface: {members}.",
            "Give the agent's name with the membership; the same name in every queue makes one person of it.",
        ),
        ("以下成员没有姓名，只能显示接口：{members}。", "请在队列成员中填写坐席姓名；各队列同名即视为同一人。"),
    ),
    "wrapup_differs": warn(
        (
            "Queues with a wrap-up time that AMI does not tell: {queues}. Floorwatch takes {ours} s.",
            "Set wrapup_s to the exchange's value, so that after-call work is shown as long as it lasts.",
        ),
        (
            "以下队列设置了话后时间，但 AMI 不会告知：{queues}。Floorwatch 当前按 {ours} 秒。",
            "请把 wrapup_s 设为与交换机一致，话后处理状态才会准确。",
        ),
    ),
    "phones_unqualified": warn(
        (
            "{count} phones are registered but never asked whether they are still there.",
            "pjsip.conf, aor: qualify_frequency = 60; else a dead phone looks reachable until its registration ends.",
        ),
        (
            "有 {count} 部话机已注册但从不探测是否在线。",
            "请在 pjsip.conf 的 aor 中设置 qualify_frequency = 60，否则掉线的话机在注册过期前一直显示在线。",
        ),
    ),
    **RIGHTS,
}
