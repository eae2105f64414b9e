"""What can go wrong on the way to the screens."""

# ruff: noqa: N818  # errors are named after what happened

from __future__ import annotations

from floor.errors import FloorError


class WebError(FloorError):
    """Something about serving pages and streams."""


class AddressInUse(WebError):
    """The pages cannot be served on this address and port."""


class KeysUnreadable(WebError):
    """The file of keys is damaged; without it nobody can be let in safely."""


class UnknownKey(WebError):
    """No key with this id."""


class ProviderUnusable(WebError):
    """The identity provider of the settings cannot be used; the message names the key."""


class ProviderRefused(WebError):
    """Somebody could not be signed in through the identity provider; the message is for the log."""
