"""What a message says, in both languages: what, where, since when; never customer data (R-SEC-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Protocol

from alerts.case import TermsOf
from alerts.model import Alert, Occasion, Severity, SubjectKind, Text

MOST = 20
"""Alerts named in one message; the rest is counted."""

SEVERITY: dict[Severity, Text] = {
    Severity.INFO: {"en": "Info", "zh": "提示"},
    Severity.WARN: {"en": "Warning", "zh": "警告"},
    Severity.CRIT: {"en": "Critical", "zh": "严重"},
    Severity.EMERGENCY: {"en": "EMERGENCY", "zh": "紧急"},
}
KIND: dict[SubjectKind, Text] = {
    SubjectKind.AGENT: {"en": "agent", "zh": "座席"},
    SubjectKind.QUEUE: {"en": "queue", "zh": "队列"},
    SubjectKind.GROUP: {"en": "group", "zh": "班组"},
    SubjectKind.TRUNK: {"en": "trunk", "zh": "中继"},
    SubjectKind.ENDPOINT: {"en": "phone", "zh": "话机"},
    SubjectKind.PBX: {"en": "exchange", "zh": "交换机"},
    SubjectKind.SITE: {"en": "site", "zh": "现场"},
}
OCCASION: dict[Occasion, Text] = {
    Occasion.WORSE: {"en": "worse: ", "zh": "加重："},
    Occasion.ESCALATED: {"en": "nobody took it over: ", "zh": "无人接手："},
    Occasion.REMINDER: {"en": "still open: ", "zh": "仍未处理："},
    Occasion.RESOLVED: {"en": "over: ", "zh": "已恢复："},
    Occasion.TEST: {"en": "test: ", "zh": "测试："},
}
"""Said before the title; what fires speaks for itself."""
DRILL: Text = {"en": "DRILL 演练 – ", "zh": "【演练 DRILL】"}
MORE: Text = {"en": "and {n} more", "zh": "另有 {n} 条"}
SINCE: Text = {"en": "since {at}", "zh": "自 {at} 起"}
COLON: Text = {"en": ": ", "zh": "："}
LANGUAGES = ("en", "zh")


class Wording(Protocol):
    """How alerts are put into words."""

    def title(self, occasion: Occasion, alerts: Sequence[Alert]) -> Text: ...

    def body(self, alerts: Sequence[Alert]) -> Text: ...


class PlainWording:
    """One line per alert; ``terms`` has the rules' names, ``zone`` the floor's time."""

    def __init__(self, terms: TermsOf, zone: tzinfo | None = None) -> None:
        self._terms = terms
        self._zone = zone

    def title(self, occasion: Occasion, alerts: Sequence[Alert]) -> Text:
        """``Critical: exchange pbx1 does not answer``, and how many more."""
        first = alerts[0]
        return {
            language: (DRILL[language] if first.drill is not None else "")
            + f"{SEVERITY[first.severity][language]}{COLON[language]}"
            + f"{_before(occasion, language)}{self._what(first, language)}"
            + (f" ({MORE[language].format(n=len(alerts) - 1)})" if len(alerts) > 1 else "")
            for language in LANGUAGES
        }

    def body(self, alerts: Sequence[Alert]) -> Text:
        """A line per alert: rule, what, where, since when, value and limit."""
        return {language: "\n".join(self._lines(alerts, language)) for language in LANGUAGES}

    def _lines(self, alerts: Sequence[Alert], language: str) -> list[str]:
        lines = [self._line(one, language) for one in alerts[:MOST]]
        if len(alerts) > MOST:
            lines.append(MORE[language].format(n=len(alerts) - MOST))
        if alerts[0].drill is not None:
            lines.insert(0, DRILL[language].strip(" –"))
        return lines

    def _line(self, alert: Alert, language: str) -> str:
        at = datetime.fromtimestamp(alert.began_at, self._zone).strftime("%Y-%m-%d %H:%M:%S")
        parts = [alert.rule, self._what(alert, language), SINCE[language].format(at=at)]
        if alert.value is not None:
            limit = "" if alert.limit is None else f" / {alert.limit:g}"
            parts.append(f"{alert.value:g}{limit}")
        if alert.group is not None:
            parts.append(alert.group)
        if alert.queue is not None and alert.subject.kind is not SubjectKind.QUEUE:
            parts.append(f"{KIND[SubjectKind.QUEUE][language]} {alert.queue}")
        return " · ".join(parts)

    def _what(self, alert: Alert, language: str) -> str:
        title = self._terms(alert.rule).title
        name = title.get(language) or title.get("en") or alert.rule
        return f"{name} – {', '.join([place(alert, language), *whereabouts(alert, language)])}"


def place(alert: Alert, language: str) -> str:
    """``queue sales (pbx1)``."""
    subject = alert.subject
    exchange = f" ({subject.pbx})" if subject.pbx and subject.pbx != subject.name else ""
    return f"{KIND[subject.kind][language]} {subject.name}{exchange}".strip()


WHEREABOUTS: dict[str, Text] = {"seat": {"en": "seat", "zh": "席位"}, "place": {"en": "place", "zh": "地点"}}


def whereabouts(alert: Alert, language: str) -> list[str]:
    """Seat and place where the fact that began it names them: somebody must be led there."""
    first = alert.evidence[0] if alert.evidence else {}
    known = {key: first.get(key) for key in WHEREABOUTS}
    return [
        f"{WHEREABOUTS[key][language]} {said}"
        for key, said in known.items()
        if isinstance(said, str) and said and said not in alert.subject.name
    ]


def _before(occasion: Occasion, language: str) -> str:
    words = OCCASION.get(occasion)
    return words[language] if words is not None else ""
