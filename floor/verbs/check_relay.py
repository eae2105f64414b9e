"""``floor check``: the relay, where there is one, and whether the record can be shared."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from asterisk.advice import Language, Severity
from floor.assembly_relay import relay_of
from floor.errors import FloorError
from floor.relay.ports import START, Relay
from floor.settings import Settings

Told = tuple[Severity, dict[Language, str]]

HERE = ("localhost", "127.0.0.1", "::1")

ONE_MACHINE: dict[Language, str] = {
    "en": "The record is an SQLite file: collectors and nodes must all run on this machine and name the same database. "
    "For several machines, give all of them one PostgreSQL.",
    "zh": "记录保存在 SQLite 文件中：所有采集进程与节点须在本机并使用同一 database；多台机器请共用一个 PostgreSQL。",
}
EACH_ITS_OWN: dict[Language, str] = {
    "en": "The relay is on another machine and the record is an SQLite file: nodes elsewhere would each keep a record "
    'of their own. Give all processes one PostgreSQL: database = "postgresql+psycopg://…".',
    "zh": "中继在另一台机器上，而记录是 SQLite 文件：各节点会各记各的。请让所有进程共用一个 PostgreSQL："
    'database = "postgresql+psycopg://…"。',
}


async def tell_relay(
    settings: Settings, language: Language, marks: dict[Severity, str], say: Callable[[str], None]
) -> int:
    """What is wrong with the relay, in sentences; the number of errors. Nothing is said where there is none."""
    if settings.relay.url is None:
        return 0
    say("relay" if language == "en" else "中继")
    found = [*sharing(settings), *await looked(settings)]
    for severity, words in found:
        say(f"  {marks[severity]} {words[language]}")
    return sum(severity is Severity.ERROR for severity, _ in found)


def sharing(settings: Settings) -> list[Told]:
    """A database in a file is there for the processes of one machine."""
    if not settings.database_url.startswith("sqlite"):
        return []
    here = (urlsplit(settings.relay.url or "").hostname or "localhost") in HERE
    return [(Severity.WARN, ONE_MACHINE) if here else (Severity.ERROR, EACH_ITS_OWN)]


async def looked(settings: Settings) -> list[Told]:
    """Whether it answers, and who is heard there."""
    try:
        relay = relay_of(settings)
        try:
            return [
                (Severity.OK, {"en": f"{relay.shown} answers.", "zh": f"{relay.shown} 正常应答。"}),
                *[await _heard(relay, pbx.name, settings.relay.silent_s) for pbx in settings.pbx],
            ]
        finally:
            await relay.close()
    except FloorError as error:
        return [(Severity.ERROR, {"en": str(error), "zh": f"中继不可用：{error}"})]


async def _heard(relay: Relay, pbx: str, silent_s: float) -> Told:
    last = await relay.last(pbx)
    if last is not None and await relay.read({pbx: last}, silent_s):
        return Severity.OK, {"en": f"{pbx}: its collector is heard.", "zh": f"{pbx}：采集进程正常。"}
    was = last or START
    before = (
        {"en": "is silent now", "zh": "目前无消息"} if was != START else {"en": "was never heard", "zh": "从未有消息"}
    )
    return Severity.WARN, {
        "en": f"{pbx}: its collector {before['en']}; start floor collect for it.",
        "zh": f"{pbx}：采集进程{before['zh']}；请启动 floor collect。",
    }
