"""What lies in ``config/`` can be used as it lies there."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from asterisk.eventfilters import EXTRAS
from asterisk.placed import KEY
from asterisk.translate import TRANSLATORS
from floor.load import AMI_KEYS, SECTIONS, load
from floor.sections.alerts import AlertsSettings, FlapSettings, QuietSettings, RouteSettings, UrgencySettings
from floor.sections.notify import MailSettings, PagingSettings, PhoneSettings, WebhookSettings
from floor.sections.people import OidcSettings
from floor.settings import DEFAULT_THRESHOLDS, BoardSettings, GroupSettings, PbxSettings, Settings, Threshold
from floor.verbs.options import MISUSED
from tests.house.checkout import ROOT, text
from tests.house.stanza import Stanza

CONFIG = ROOT / "config"
TOML = CONFIG / "floor.toml"

_OFF = re.compile(r'^# (?=(\[|"?[\w/]+"? = ))', re.MULTILINE)


def _everything() -> str:
    """The file with every commented setting switched on, but of the two ways to give a secret only one."""
    return _OFF.sub("", TOML.read_text(encoding="utf-8")).replace('secret = ""\n', "")


def test_settings_load() -> None:
    """The file is right as it is: one exchange, and records where the service keeps them."""
    settings = load(TOML, {}, {})
    assert settings.pbx == (PbxSettings(),)
    assert settings.data_dir == Path("/var/lib/floorwatch")
    assert settings.model_copy(update={"pbx": (), "data_dir": Path("data")}) == Settings()


def test_settings_load_with_everything_switched_on(tmp_path: Path) -> None:
    """Uncommenting any line gives a file that is right too."""
    file = tmp_path / "floor.toml"
    file.write_text(_everything(), encoding="utf-8")
    assert load(file, {}, {}).board == (
        BoardSettings(thresholds={name: DEFAULT_THRESHOLDS[name] for name in ("waiting", "service_level")}),
    )


EXAMPLES = {"database", "secret_file", "tls_ca", "queue_log", "issuer", "client_id", "client_secret_file"}
EXAMPLES |= {"url", "rules", "heartbeat_file", "server", "password_file", "sounds_dir", "sounds_path", "health_port"}
"""Keys that have no default worth showing: the file shows an example."""
TABLES = {"pbx", "board", "group", "thresholds", "oidc", *SECTIONS}
TABLES |= {"mail", "apprise", "webhook", "phone", "paging", "groups", "shift"}
TABLES |= {"places", "info", "warn", "crit", "emergency", "flap", "quiet", "route"}
"""What stands under a header of its own."""


def test_settings_show_the_defaults() -> None:
    """A commented line shows the default in force, so that nobody reads a number that is no longer true."""
    shown = tomllib.loads(_everything())
    sections = [(model, shown[name]) for name, model in SECTIONS.items()]
    inner: list[tuple[type[BaseModel], dict[str, object]]] = [(OidcSettings, shown["people"]["oidc"])]
    notify = shown["notify"]
    inner += [(MailSettings, notify["mail"]), (PhoneSettings, notify["phone"]), (PagingSettings, notify["paging"])]
    alerts = shown["alerts"]
    inner += [(AlertsSettings, alerts), (FlapSettings, alerts["flap"])]
    inner += [(QuietSettings, alerts["quiet"][0]), (RouteSettings, alerts["route"][0])]
    tables = [(Settings, shown), (PbxSettings, shown["pbx"][0]), (BoardSettings, shown["board"][0])]
    for model, values in (*tables, *sections, *inner):
        fresh = _plain(model().model_dump(mode="json"))
        for key in values.keys() - EXAMPLES - TABLES - {"persons", "data_dir"}:
            assert values[key] == fresh[key], key


def _plain(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


MODELS: tuple[type[BaseModel], ...] = (
    Settings,
    PbxSettings,
    BoardSettings,
    GroupSettings,
    Threshold,
    OidcSettings,
    MailSettings,
    WebhookSettings,
    PhoneSettings,
    PagingSettings,
    UrgencySettings,
    FlapSettings,
    QuietSettings,
    RouteSettings,
    *SECTIONS.values(),
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_settings_are_complete(model: type[BaseModel]) -> None:
    """Every setting stands in the file, and has a comment in both languages above it or above its group."""
    lines = TOML.read_text(encoding="utf-8")
    for name in model.model_fields:
        assert re.search(rf"^(# )?(\[+(\w+\.)*{name}(\.\w+)?\]+|{name} = )", lines, re.MULTILINE), name


def test_settings_speak_both_languages() -> None:
    """Each run of comments says it in English and in Chinese."""
    blocks = re.findall(r"(?:^#.*\n)+", _OFF.sub("", TOML.read_text(encoding="utf-8")), re.MULTILINE)
    assert blocks
    for block in blocks:
        assert re.search(r"[\u4e00-\u9fff]", block), block
        assert re.search(r"[a-z]{4}", block), block


# The account on the exchange


@pytest.fixture(scope="module")
def stanza() -> Stanza:
    return Stanza.read(text(Path("config/floorwatch-manager.conf")))


def test_account_has_few_rights(stanza: Stanza) -> None:
    """It cannot call anybody, pause anybody or use the console, and comes from one place only."""
    assert stanza.listed("read") == {"system", "call", "agent", "dialplan", "user", "security"}
    assert stanza.listed("write") <= {"system", "reporting"}
    assert "0.0.0.0/0.0.0.0" in stanza.values("deny")
    assert "::/0" in stanza.values("deny")
    assert stanza.values("permit") == ["127.0.0.1/255.255.255.255"]


def test_calls_need_one_right_more_and_nothing_else() -> None:
    """Who wants phone calls adds originate to the same account, and hears how they ended."""
    shipped = text(Path("config/floorwatch-manager-phone.conf"))
    phone = Stanza.read(shipped)
    assert phone.name == "floor"
    assert "[floor](+)" in shipped
    assert phone.listed("write") == {"system", "reporting", "originate"}
    assert {key for key, _ in phone.settings} == {"write", "eventfilter"}
    assert phone.passes("Event: OriginateResponse\r\nResponse: Success\r\n")
    assert phone.passes(f"Event: VarSet\r\nVariable: {KEY}\r\nValue: 1\r\n")
    assert not phone.passes("Event: VarSet\r\nVariable: OTHER\r\n")


def test_the_console_needs_three_rights_and_no_more() -> None:
    """Who wants to act from the console adds them to the same account; phone calls go on as before."""
    shipped = text(Path("config/floorwatch-manager-console.conf"))
    console = Stanza.read(shipped)
    assert console.name == "floor"
    assert "[floor](+)" in shipped
    assert console.listed("write") == {"system", "reporting", "originate", "call", "agent"}
    assert {key for key, _ in console.settings} == {"write", "eventfilter"}
    for event in ("ChanSpyStart", "ChanSpyStop", "OriginateResponse"):
        assert console.passes(f"Event: {event}\r\nPrivilege: call,all\r\n")
    assert console.passes(f"Event: VarSet\r\nVariable: {KEY}\r\nValue: 1\r\n")
    assert not console.passes("Event: VarSet\r\nVariable: OTHER\r\n")


def test_account_has_no_secret_of_its_own(stanza: Stanza) -> None:
    """Nobody can use the shipped secret by accident without reading what it says."""
    assert stanza.values("secret") == ["CHANGE-ME"]


WITH_COMMANDS = {"OriginateResponse"}
"""What becomes of calls we order: heard by the account that may order them (above)."""


@pytest.mark.parametrize("event", sorted({*TRANSLATORS, "FullyBooted"} - {*EXTRAS["reporting"]} - WITH_COMMANDS))
def test_account_hears_what_we_use(stanza: Stanza, event: str) -> None:
    """No event that is translated is filtered out."""
    texts = {"VarSet": "Variable: QUEUESTATUS\r\nValue: TIMEOUT\r\n", "UserEvent": "UserEvent: FloorReport\r\n"}
    inside = texts.get(event, "")
    assert stanza.passes(f"Event: {event}\r\nPrivilege: call,all\r\nChannel: PJSIP/1001-00000001\r\n{inside}\r\n")


@pytest.mark.parametrize(
    "event",
    [
        "Event: VarSet\r\nPrivilege: dialplan,all\r\nVariable: RTPAUDIOQOS\r\nValue: ssrc=1\r\n\r\n",
        "Event: TestEvent\r\nPrivilege: test,all\r\nState: QUEUESTATUS\r\n\r\n",
        "Event: RTCPSent\r\nPrivilege: reporting,all\r\n\r\n",
        "Event: UserEvent\r\nPrivilege: user,all\r\nText: Event: Hangup\r\n\r\n",
    ],
)
def test_account_is_spared_the_rest(stanza: Stanza, event: str) -> None:
    """What nobody reads is not sent, whatever text it carries."""
    assert not stanza.passes(event)


# Units


def _unit(name: str) -> configparser.RawConfigParser:
    unit = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys are case-sensitive
    unit.read_string(re.sub(r"\\\n\s*", "", text(Path("config") / name)))
    return unit


UNITS = ("floorwatch.service", "floorwatch-collect.service", "floorwatch-serve.service", "board-kiosk.service")
SERVICES = UNITS[:3]


@pytest.mark.parametrize("name", UNITS)
def test_unit_is_of_no_machine(name: str) -> None:
    """A unit names the places of a standard system only."""
    absolute = re.findall(r"(?<![\w:/.%}~])/(?:[\w.-]+/?)+", text(Path("config") / name))
    standard = ("/opt/floorwatch/", "/etc/floorwatch/", "/usr/bin/", "/board/", "/proc/")
    assert [path for path in absolute if not path.startswith(standard)] == []


@pytest.mark.parametrize("name", UNITS)
def test_unit_starts_again(name: str) -> None:
    """Whatever ends it, it comes back, for weeks on end."""
    unit = _unit(name)
    assert unit["Service"]["Restart"] == "always"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"


def test_service_gives_the_secret_to_nobody_else() -> None:
    """The secret comes as a credential of the service, under the variable the settings know."""
    service = _unit("floorwatch.service")["Service"]
    loaded = service["LoadCredential"].partition(":")[0]
    assert "secret_file" in AMI_KEYS
    assert f"FLOOR_AMI_SECRET_FILE=%d/{loaded}" in text(Path("config/floorwatch.service"))
    assert "FLOOR_AMI_SECRET=" not in text(Path("config/floorwatch.service"))


@pytest.mark.parametrize("name", SERVICES)
def test_service_does_not_insist_on_a_wrong_configuration(name: str) -> None:
    """Exit code 2 says that a person must act."""
    assert _unit(name)["Service"]["RestartPreventExitStatus"] == str(MISUSED)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
@pytest.mark.parametrize("name", SERVICES)
def test_service_is_hardened(name: str) -> None:
    """systemd's own judge finds little that the service could do beyond its work."""
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(CONFIG / name)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout[-400:] + judged.stderr
