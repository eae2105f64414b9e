"""Lines of a timeline that write themselves: what became of alerts, and who was told. Each line has a mark that stands
for what it tells, so that hearing of it twice writes it once."""

from __future__ import annotations

from alerts.casefile import FLOOR, entry
from alerts.model import Alert, Delivery, DeliveryState, Entry, Incident, Text, Transition

QUIET = frozenset({"suspected", "seen", "unknown", "steady", "alone", "explained", "reminded", "eased"})
"""Steps of an alert that tell nobody anything about the incident."""
KINDS = {"acknowledged": "acknowledged", "escalated": "escalated"}
"""Event -> kind of line, where it is not ``alert``."""

WORDS: dict[str, Text] = {
    "fired": {"en": "fired", "zh": "告警触发"},
    "worse": {"en": "worse", "zh": "告警加重"},
    "acknowledged": {"en": "acknowledged", "zh": "告警已确认"},
    "lapsed": {"en": "acknowledgement lapsed", "zh": "确认已失效"},
    "escalated": {"en": "escalated", "zh": "告警升级上报"},
    "cleared": {"en": "no longer broken", "zh": "告警条件解除"},
    "returned": {"en": "broken again", "zh": "告警条件再现"},
    "recovered": {"en": "recovered", "zh": "告警恢复"},
    "reopened": {"en": "alert again", "zh": "告警再次触发"},
    "resolved": {"en": "resolved", "zh": "告警已解决"},
    "silenced": {"en": "silenced", "zh": "告警已静默"},
    "unsilenced": {"en": "no longer silenced", "zh": "告警静默解除"},
    "flapping": {"en": "flapping", "zh": "告警反复"},
    "superseded": {"en": "superseded", "zh": "告警被替代"},
}

WAYS: dict[str, Text] = {
    "browser": {"en": "browser", "zh": "浏览器"},
    "mail": {"en": "mail", "zh": "邮件"},
    "phone": {"en": "phone call", "zh": "电话"},
    "paging": {"en": "paging", "zh": "寻呼"},
    "webhook": {"en": "webhook", "zh": "Webhook"},
    "log": {"en": "log", "zh": "日志"},
    "apprise": {"en": "chat message", "zh": "即时消息"},
}
OCCASIONS: dict[str, Text] = {
    "fired": {"en": "new alert", "zh": "新告警"},
    "worse": {"en": "worse", "zh": "加重"},
    "escalated": {"en": "escalated", "zh": "升级"},
    "reminder": {"en": "reminder", "zh": "提醒"},
    "resolved": {"en": "over", "zh": "已恢复"},
    "test": {"en": "test", "zh": "测试"},
    "emergency": {"en": "emergency", "zh": "紧急"},
}


def of_transition(incident: Incident, alert: Alert, step: Transition) -> tuple[Entry, str] | None:
    """The line of one step of an alert, and its mark; ``None``: not worth one."""
    event = str(step.event)
    if event in QUIET:
        return None
    word = WORDS.get(event, {"en": event, "zh": event})
    name = f"{alert.rule} {alert.subject.name}"
    why = f": {step.reason}" if step.reason else ""
    text = {language: f"{name}: {word[language]}{why}" for language in ("en", "zh")}
    line = entry(
        incident, step.at, KINDS.get(event, "alert"), step.actor, text,
        alert=alert.id, rule=alert.rule, subject=alert.subject.id, event=event, value=step.value,
    )  # fmt: skip
    return line, f"alert|{alert.id}|{step.at}|{event}"


def of_delivery(incident: Incident, delivery: Delivery) -> tuple[Entry, str] | None:
    """The line of a message that got through, or never will; addresses stay out of it."""
    message = delivery.message
    if delivery.state not in (DeliveryState.SENT, DeliveryState.FAILED):
        return None
    sent = delivery.state is DeliveryState.SENT
    name, kind, why = message.recipient.name, message.recipient.kind, str(message.occasion)
    way, occasion = WAYS.get(kind, {"en": kind, "zh": kind}), OCCASIONS.get(why, {"en": why, "zh": why})
    text: Text = {
        "en": f"{name} {'told' if sent else 'could not be told'} by {way['en']} ({occasion['en']})",
        "zh": f"{'已通知' if sent else '未能通知'} {name}（{way['zh']}，{occasion['zh']}）",
    }
    at = delivery.sent_at if delivery.sent_at is not None else message.at
    line = entry(incident, at, "message", FLOOR, text, message=message.id, alert=message.alert, sent=sent)
    return line, f"message|{message.id}|{delivery.state}"
