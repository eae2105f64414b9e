"""What can go wrong, as one small tree: every text is a sentence a person can act on, without a secret in it."""

from __future__ import annotations


class FloorError(Exception):
    """Base of all errors Floorwatch raises on purpose."""


class ConfigInvalidError(FloorError):
    """The settings are wrong; ``errors`` holds one sentence per mistake, each naming its key."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


class LinkError(FloorError):
    """Something about our connection to an exchange."""


class UnreachableError(LinkError):
    """No connection: refused, no route, unknown host, TLS failed, or nobody answered in time."""


class NotAmiError(LinkError):
    """Something answers at that address, but it does not speak AMI."""


class LoginRefusedError(LinkError):
    """The exchange said no to our login, in the words of ``said``; without words we had nothing to log in with."""

    def __init__(self, sentence: str, said: str = "") -> None:
        super().__init__(sentence)
        self.said = said


class WireError(LinkError):
    """What arrived cannot be AMI: a message without an end, or a list without one."""


class LinkDownError(LinkError):
    """There is no session, or it ended before the answer came: whether the action took effect is not known."""


class AnswerLostError(LinkDownError):
    """The action was sent and the session ended before its answer came: whether it took effect is not known."""


class LinkBusyError(LinkError):
    """Too many actions are waiting for their answers; this one was not sent."""


class ActionTimeoutError(LinkError):
    """The action was sent and no answer came in time: whether it took effect is not known."""


class ActionInvalidError(LinkError):
    """The action was not sent: a header holds a control character, is too long, or is no header name."""
