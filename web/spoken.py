"""Numbers, moments and words of a page that is made on the server, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from floor.day import Day
from web.contexts import Tongue

UNKNOWN = "–"
WORDS: dict[str, tuple[str, str]] = {
    "figure.answered": ("Calls answered", "接听"),
    "figure.offers": ("Times rung", "振铃次数"),
    "figure.ring_no_answer": ("Not answered", "未接"),
    "figure.late_answers": ("Answered late", "超时接听"),
    "figure.talk_s": ("Talking", "通话时长"),
    "figure.held": ("Calls held", "保持通话数"),
    "figure.hold_s": ("On hold", "保持时长"),
    "figure.acw_s": ("Wrap-up", "话后时长"),
    "figure.transferred": ("Transferred", "转接"),
    "figure.completed_by_agent": ("Ended by you", "本人先挂机"),
    "figure.completed_by_caller": ("Ended by the caller", "客户先挂机"),
    "figure.att_s": ("Talking, per call", "平均通话"),
    "figure.aht_s": ("Handling, per call", "平均处理"),
    "figure.hold_s_mean": ("Hold, per held call", "平均保持"),
    "figure.late_answer_rate": ("Share answered late", "超时接听率"),
    "figure.ring_no_answer_rate": ("Share not answered", "未接率"),
    "figure.transfer_rate": ("Share transferred", "转接率"),
    "state.logged_out": ("signed out", "签出"),
    "state.ready": ("ready", "空闲"),
    "state.ringing": ("ringing", "振铃"),
    "state.talking": ("talking", "通话"),
    "state.holding": ("hold", "保持"),
    "state.acw": ("wrap-up", "话后"),
    "state.outbound": ("outbound", "外呼"),
    "state.paused": ("away", "示忙"),
    "state.auto_paused": ("missed", "漏接"),
    "state.offhook": ("off hook", "占线"),
    "state.unreachable": ("offline", "离线"),
    "state.emergency": ("emergency", "应急"),
    "offer.no_answer": ("not answered", "未接"),
    "offer.answered": ("answered", "已接听"),
    "offer.cancelled": ("withdrawn", "已取消"),
    "by.agent": ("you", "本人"),
    "by.caller": ("the caller", "客户"),
    "by.transfer": ("transfer", "转接"),
    "severity.info": ("recorded", "记录"),
    "severity.warn": ("told the leader", "通知组长"),
    "severity.crit": ("told the chief", "通知主管"),
    "deed.signed_in": ("signed in", "登录"),
    "deed.signed_out": ("signed out", "退出登录"),
    "deed.refused": ("sign-in refused", "登录被拒"),
    "deed.locked_out": ("locked out after wrong passwords", "密码错误次数过多被锁定"),
    "deed.locked": ("locked when idle", "闲置锁定"),
    "deed.unlocked": ("unlocked", "解锁"),
    "deed.person_added": ("added to the register", "录入名册"),
    "deed.person_changed": ("place changed", "人员信息变更"),
    "deed.password_set": ("password set", "设置密码"),
    "deed.password_removed": ("password removed", "移除密码"),
    "fact.AlarmRaised": ("line alarm", "线路告警"),
    "fact.AgentRang": ("phone rang", "话机振铃"),
    "fact.Away": ("away", "离席"),
    "fact.CallCompleted": ("call ended", "通话结束"),
    "fact.CallTransferred": ("call transferred", "通话转接"),
    "fact.CallerGaveUp": ("caller gave up", "来电放弃"),
    "fact.CallerJoined": ("caller joined", "来电入队"),
    "fact.CallerLeft": ("caller left", "来电离队"),
    "fact.ChannelChanged": ("line changed", "线路变化"),
    "fact.ChannelClosed": ("line closed", "线路释放"),
    "fact.ChannelOpened": ("line opened", "线路占用"),
    "fact.ContactSeen": ("phone registered", "话机注册"),
    "fact.DialBegan": ("dialling began", "开始呼叫"),
    "fact.DialplanMoved": ("sent on by the dialplan", "拨号方案转移"),
    "fact.EmergencyCalled": ("emergency number called", "拨打紧急号码"),
    "fact.EmergencyReported": ("emergency reported", "紧急报告"),
    "fact.EndpointSeen": ("state of the phone", "话机状态"),
    "fact.ExchangeStopped": ("exchange stopped", "交换机停止"),
    "fact.FloorwatchRestarted": ("Floorwatch was restarted", "系统重启"),
    "fact.HangupAsked": ("hang-up", "挂机"),
    "fact.HoldBegan": ("hold began", "保持开始"),
    "fact.HoldEnded": ("hold ended", "保持结束"),
    "fact.LimitPassed": ("limit passed", "超限"),
    "fact.LimitPassedAgain": ("limit passed again", "再次超限"),
    "fact.LimitReached": ("limit of the exchange reached", "交换机达到上限"),
    "fact.LineReleased": ("line released", "线路释放"),
    "fact.LineTaken": ("lines taken", "线路占用"),
    "fact.LinkChanged": ("link to the exchange", "交换机连接"),
    "fact.LinkLost": ("link lost", "连接中断"),
    "fact.MemberRemoved": ("signed out of the queue", "签出队列"),
    "fact.MemberSeen": ("state of the agent", "座席状态"),
    "fact.MusicStopped": ("hold music stopped", "保持音乐停止"),
    "fact.OfferAnswered": ("call answered", "接听"),
    "fact.OfferBegan": ("phone rang", "话机振铃"),
    "fact.OfferRefused": ("call refused", "拒接"),
    "fact.OfferUnanswered": ("call not answered", "振铃未接"),
    "fact.OutagePlayed": ("outage played", "模拟故障"),
    "fact.Queue": ("state of the queue", "队列状态"),
    "fact.QueueReleased": ("queue let the caller go", "队列放行"),
    "fact.QueueSeen": ("state of the queue", "队列状态"),
    "fact.RecordFailing": ("record cannot be written", "记录无法写入"),
    "fact.TrunkGone": ("trunk gone", "中继消失"),
    "fact.TrunkSeen": ("state of the trunk", "中继状态"),
    "fact.VoiceReported": ("voice quality", "语音质量"),
}
"""(English, Chinese)."""


class Spoken:
    """What a template calls as ``say``; times are shown on the floor's clock."""

    def __init__(self, lang: Tongue, day: Day) -> None:
        self._zh, self._zone = lang == "zh", day.tz()

    def word(self, kind: str, name: object) -> str:
        """A word of ours; what is none is said as it is."""
        known = WORDS.get(f"{kind}.{name}")
        return known[self._zh] if known else str(name)

    def clock(self, at: float | None) -> str:
        """``09:41:07``."""
        return UNKNOWN if at is None else datetime.fromtimestamp(at, self._zone).strftime("%H:%M:%S")

    def moment(self, at: float | None) -> str:
        """``2026-11-22 09:41:07``."""
        return UNKNOWN if at is None else datetime.fromtimestamp(at, self._zone).strftime("%Y-%m-%d %H:%M:%S")

    def length(self, seconds: float | None) -> str:
        """``7 s``, ``3:05`` (minutes), ``1:02:03`` (hours)."""
        if seconds is None:
            return UNKNOWN
        whole = max(0, round(seconds))
        minutes, rest = divmod(whole, 60)
        if whole < 60:
            return f"{whole} 秒" if self._zh else f"{whole} s"
        return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"

    def figure(self, name: str, value: float | None) -> str:
        """A figure as its name wants it: a share, a time, a number."""
        if value is None:
            return UNKNOWN
        if name.endswith("_rate"):
            return f"{value * 100:.0f}%" if self._zh else f"{value * 100:.0f} %"
        return self.length(value) if name.endswith("_s") or name == "hold_s_mean" else f"{value:g}"

    def value(self, value: float | None, unit: str = "s") -> str:
        """A breach's value or limit in the unit of its rule: ``s``, ``ratio``, or what is counted."""
        if value is None:
            return UNKNOWN
        if unit == "ratio":
            return f"{value * 100:.3g} %"
        if unit == "s" and value >= 60:
            return self.length(value)
        number = f"{value:.3g}" if value < 100 else f"{value:.0f}"
        return f"{number}{' 秒' if self._zh else ' s'}" if unit == "s" else number
