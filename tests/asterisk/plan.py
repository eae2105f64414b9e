"""What one exchange is set up with: queues, seats and phones, as plain data.

A plan is rendered into the Asterisk configuration by `configuration`; plans of
several scenarios add up with `merge`, since their names never meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONF = Path(__file__).parent / "conf"


@dataclass(frozen=True)
class Seat:
    """A queue member: where it is reached and the agent's name."""

    interface: str
    name: str
    penalty: int = 0
    state: str = ""
    ringinuse: str = ""

    def line(self) -> str:
        """The `member =>` value of queues.conf."""
        fields = [self.interface, str(self.penalty), self.name, self.state, self.ringinuse]
        return ",".join(fields).rstrip(",")


@dataclass(frozen=True)
class QueueSpec:
    """A queue, its static members, and the dialplan a caller runs through at its number."""

    name: str
    number: str
    seats: tuple[Seat, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    entry: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()

    def section(self) -> str:
        """The section of queues.conf; rings ten seconds unless told otherwise."""
        options = {"strategy": "linear", "timeout": "10", "retry": "1", "ringinuse": "no"}
        options |= {"joinempty": "yes", "leavewhenempty": "no"} | dict(self.options)
        lines = [f"[{self.name}]", *(f"{key} = {value}" for key, value in options.items())]
        return "\n".join([*lines, *(f"member => {seat.line()}" for seat in self.seats)])

    def dialplan(self) -> str:
        """Answer, then the queue (the agent may transfer), then hang up."""
        steps = self.entry or (f"Queue({self.name},t)", "Hangup()")
        lines = [f"exten => {self.number},1,Answer()", *(f" same => n,{step}" for step in steps)]
        return "\n".join(lines)

    def exit_context(self) -> str:
        """The context a waiting caller reaches by pressing a key."""
        return "\n".join([f"[exits-{self.name}]", *self.exits]) if self.exits else ""


@dataclass(frozen=True)
class Plan:
    """Everything an exchange must know before it starts."""

    queues: tuple[QueueSpec, ...] = ()
    phones: tuple[str, ...] = ()
    sip_peers: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    trunks: Mapping[str, str] = field(default_factory=dict)
    single_lines: tuple[str, ...] = ()
    dialplan: str = ""
    carriers: Mapping[str, int] = field(default_factory=dict)
    """Trunks that nobody registers with: name to a port of this machine, which is asked whether it answers."""


def merge(plans: Iterable[Plan]) -> Plan:
    """One plan holding all of them."""
    total = Plan()
    for plan in plans:
        total = Plan(
            total.queues + plan.queues,
            total.phones + plan.phones,
            total.sip_peers + plan.sip_peers,
            {**total.hints, **plan.hints},
            {**total.trunks, **plan.trunks},
            total.single_lines + plan.single_lines,
            f"{total.dialplan}\n{plan.dialplan}".strip(),
            {**total.carriers, **plan.carriers},
        )
    return total


def endpoint(number: str, single_line: bool) -> str:
    """The three pjsip.conf sections of a phone."""
    phone = f"[{number}](phone)\nauth = {number}\naors = {number}\ncallerid = {number} <{number}>\n"
    phone += "device_state_busy_at = 1\n" if single_line else ""
    return f"{phone}[{number}](login)\nusername = {number}\n[{number}](seat)"


def trunk(name: str, password: str) -> str:
    """A trunk that registers with this very exchange, which expects 'phone-secret'."""
    return (
        f"[{name}](phone)\nauth = {name}\naors = {name}\n[{name}](login)\nusername = {name}\n[{name}](seat)\n"
        f"[{name}-login]\ntype = auth\nauth_type = userpass\nusername = {name}\npassword = {password}\n"
        f"[{name}]\ntype = registration\noutbound_auth = {name}-login\ncontact_user = {name}\n"
        f"server_uri = sip:127.0.0.1:%%SIP_PORT%%\nclient_uri = sip:{name}@127.0.0.1:%%SIP_PORT%%\n"
        "retry_interval = 2\nforbidden_retry_interval = 2\nauth_rejection_permanent = no\nmax_retries = 1000"
    )


def carrier(name: str, port: int) -> str:
    """The pjsip.conf sections of a trunk with a fixed address, qualified as often as the phones."""
    where = f"contact = sip:127.0.0.1:{port}\nqualify_frequency = 2\nqualify_timeout = 1"
    return f"[{name}](phone)\naors = {name}\n[{name}]\ntype = aor\n{where}"


def peer(number: str) -> str:
    """The sip.conf section of a chan_sip phone."""
    return (
        f"[{number}]\ntype = friend\nhost = dynamic\nsecret = phone-secret\ncontext = internal\n"
        "disallow = all\nallow = ulaw\nqualify = yes\ndirectmedia = no\ncall-limit = 2"
    )


def configuration(plan: Plan, values: Mapping[str, str]) -> dict[str, str]:
    """File name to content of the whole configuration folder."""
    blocks = {
        "QUEUES": "\n\n".join(queue.section() for queue in plan.queues),
        "ENTRIES": "\n".join(queue.dialplan() for queue in plan.queues),
        "EXITS": "\n".join([*(queue.exit_context() for queue in plan.queues), plan.dialplan]),
        "ENDPOINTS": _endpoints(plan),
        "PEERS": "\n\n".join(map(peer, plan.sip_peers)),
        "HINTS": "\n".join(f"exten => {n},hint,{device}" for n, device in plan.hints.items()),
    }
    return {path.name: _fill(path.read_text(), {**blocks, **values}) for path in CONF.glob("*.conf")}


def _endpoints(plan: Plan) -> str:
    phones = (endpoint(number, number in plan.single_lines) for number in plan.phones)
    trunks = (trunk(name, password) for name, password in plan.trunks.items())
    return "\n\n".join([*phones, *trunks, *(carrier(name, port) for name, port in plan.carriers.items())])


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"%%{name}%%", value)
    return text
