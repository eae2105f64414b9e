"""Signing in through an identity provider: OpenID Connect, authorization code with PKCE, state and nonce.

Only what the provider signed with a key of its own counts, and only for the journey this browser began. The libraries
are loaded when a provider is configured (``pip install 'floorwatch[oidc]'``).
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from floor.ports import Clock
from floor.sections.people import OidcSettings
from web.access import is_loopback
from web.errors import ProviderRefused, ProviderUnusable

JOURNEY_S = 600.0
"""From our page to the provider and back; there somebody may have to look for his phone."""
MAX_JOURNEYS = 10_000
"""More than these: the oldest begin anew."""
KEEP_S = 3600.0
"""How long what the provider says of itself is believed without asking again."""
ASK_KEYS_EVERY_S = 30.0
"""A token with a key we do not know makes us ask, but not more often."""
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "RS384", "RS512", "EdDSA")
"""Signatures with the provider's own key; none with a shared secret, and not the one called ``none``."""
LEEWAY_S = 60
TIMEOUT_S = 10.0
MAX_LOGIN = 200
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to the provider and back, of one browser; ``anew``: he has to prove there again who he is."""

    state: str
    nonce: str
    verifier: str
    aim: str
    back: str
    """Our own address, to which the provider sends him."""
    anew: bool
    began_at: float
    until: float
    """Monotonic."""


class Provider:
    """The company's identity provider, as its own description says where to go."""

    def __init__(
        self, settings: OidcSettings, clock: Clock, token: Callable[[int], str] = secrets.token_urlsafe
    ) -> None:
        self._issuer = (settings.issuer or "").rstrip("/")
        self._client_id, self._claim = settings.client_id or "", settings.login_claim
        self._secret = _first_line(settings.client_secret_file)
        self._clock, self._token = clock, token
        self._journeys: OrderedDict[str, Journey] = OrderedDict()
        self._about: Mapping[str, Any] = {}
        self._about_at = self._keys_at = -KEEP_S
        self._keys: Mapping[str, Any] = {}
        _libraries()

    # There

    async def begin(self, back: str, aim: str, *, anew: bool) -> tuple[str, str]:
        """(where to go, what the browser keeps until it is back).

        :raises ProviderRefused: it cannot be reached, or does not say what it must.
        """
        about = await self._described()
        now = self._clock.monotonic()
        while self._journeys and (
            len(self._journeys) >= MAX_JOURNEYS or next(iter(self._journeys.values())).until < now
        ):
            self._journeys.popitem(last=False)
        state, nonce, verifier, ticket = (self._token(32) for _ in range(4))
        until = now + JOURNEY_S
        self._journeys[ticket] = Journey(state, nonce, verifier, aim, back, anew, self._clock.now(), until)
        more = {"prompt": "login", "max_age": "0"} if anew else {}
        async with self._client(back) as client:
            url, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, **more
            )
        return url, ticket

    # And back

    async def end(self, ticket: str, told: Mapping[str, str]) -> tuple[str, str]:
        """(login the provider vouches for, where he wanted to go); ``told`` is what came in the address.

        :raises ProviderRefused: this is not the end of a journey that began at this browser, or the provider's word
            does not hold.
        """
        journey = self._journeys.pop(ticket, None)
        if journey is None or journey.until < self._clock.monotonic():
            raise ProviderRefused("no journey began at this browser, or too long ago")
        if not hmac.compare_digest(told.get("state", "").encode(errors="replace"), journey.state.encode()):
            raise ProviderRefused("the state is another's")
        if "error" in told or not told.get("code"):
            raise ProviderRefused(f"the provider said {told.get('error', 'nothing')[:80]!r}")
        if told.get("iss", self._issuer).rstrip("/") != self._issuer:
            raise ProviderRefused("another provider answered")
        return await self._guarded(journey, told["code"]), journey.aim

    async def _guarded(self, journey: Journey, code: str) -> str:
        import httpx2
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError

        try:
            return await self._redeemed(journey, code)
        except (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            raise ProviderRefused(f"{type(error).__name__}: {str(error)[:200]}") from error

    async def _redeemed(self, journey: Journey, code: str) -> str:
        about = await self._described()
        async with self._client(journey.back) as client:
            token = await client.fetch_token(
                about["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=journey.verifier
            )
            claims = await self._claims(token["id_token"], token.get("access_token"), journey)
            told = dict(claims)
            if self._claim not in told and "userinfo_endpoint" in about:
                told = (await client.get(about["userinfo_endpoint"])).raise_for_status().json()
                if told.get("sub") != claims["sub"]:
                    raise ProviderRefused("it told of somebody else")
        return _login(told, self._claim)

    async def _claims(self, id_token: str, access_token: str | None, journey: Journey) -> Mapping[str, Any]:
        """What the token says, once signature, issuer, audience, times and nonce hold."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, MissingKeyError

        try:
            token = jwt.decode(id_token, await self._key_set(), algorithms=ALGORITHMS)
        except (InvalidKeyIdError, MissingKeyError, ValueError):
            token = jwt.decode(id_token, await self._key_set(anew=True), algorithms=ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": self._about["issuer"]},
            "aud": {"essential": True, "value": self._client_id},
            "nonce": {"essential": True, "value": journey.nonce},
        }
        params = {"nonce": journey.nonce, "client_id": self._client_id, "access_token": access_token}
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate(now=int(self._clock.now()), leeway=LEEWAY_S)
        if journey.anew and not float(claims["auth_time"]) >= journey.began_at - LEEWAY_S:
            raise ProviderRefused("he did not prove again who he is")
        told: Mapping[str, Any] = claims
        return told

    # What the provider says of itself

    async def _described(self) -> Mapping[str, Any]:
        if self._clock.monotonic() - self._about_at >= KEEP_S:
            about = await self._get(f"{self._issuer}/.well-known/openid-configuration")
            if str(about.get("issuer", "")).rstrip("/") != self._issuer:
                raise ProviderRefused("it calls itself something else than people.oidc.issuer says")
            if not all(_safe(str(about.get(name, ""))) for name in NEEDED):
                raise ProviderRefused(f"it does not say by https where its {', '.join(NEEDED)} are")
            self._about, self._about_at = about, self._clock.monotonic()
        return self._about

    async def _key_set(self, *, anew: bool = False) -> Any:
        from joserfc.jwk import KeySet

        age = self._clock.monotonic() - self._keys_at
        if age >= KEEP_S or (anew and age >= ASK_KEYS_EVERY_S):
            self._keys = await self._get((await self._described())["jwks_uri"])
            self._keys_at = self._clock.monotonic()
        return KeySet.import_key_set(self._keys)  # type: ignore[arg-type]  # it checks what it is given

    async def _get(self, url: str) -> Mapping[str, Any]:
        import httpx2

        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_S) as client:
                told = (await client.get(url)).raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderRefused(f"it does not answer: {type(error).__name__}") from error
        if not isinstance(told, dict):
            raise ProviderRefused("it answers something else")
        return told

    def _client(self, back: str) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        return AsyncOAuth2Client(
            self._client_id, self._secret, scope="openid profile email", redirect_uri=back, timeout=TIMEOUT_S,
            code_challenge_method="S256",
        )  # fmt: skip


def _login(told: Mapping[str, Any], claim: str) -> str:
    login = told.get(claim)
    if not isinstance(login, str) or not 0 < len(login) <= MAX_LOGIN:
        raise ProviderRefused(f"it did not say {claim}")
    if claim == "email" and told.get("email_verified") is not True:
        raise ProviderRefused("it has not verified his address")
    return login


def _safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _first_line(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").splitlines()[0].strip()
    except (OSError, UnicodeError, IndexError):
        raise ProviderUnusable(f"people.oidc.client_secret_file: {file} cannot be read, or is empty") from None


def _libraries() -> None:
    try:
        import authlib  # noqa: F401
        import httpx2  # noqa: F401
    except ImportError as error:
        raise ProviderUnusable(
            f"people.oidc needs {error.name}: install it with pip install 'floorwatch[oidc]', or remove [people.oidc]"
        ) from None
