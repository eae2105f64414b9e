"""An identity provider of our own on loopback: real signatures, a user who always says yes, and every way to lie."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from web.server import HttpServer, listen

KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})


class Identity:
    """The provider. ``claims`` go into the token over the true ones; the other attributes are the lies."""

    def __init__(self) -> None:
        self.user = "agent"
        self.claims: dict[str, Any] = {}
        self.key: Any = KEY
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "k1"}
        self.shown = KeySet([KEY])
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] | None = None
        self.keys_asked = 0
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}

    async def __aenter__(self) -> Identity:
        listener = listen("127.0.0.1", 0)
        self.issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
        routes = [
            Route("/.well-known/openid-configuration", self.describe),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
            Route("/userinfo", self.about),
        ]
        app = Starlette(routes=routes)
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1)
        self._http = HttpServer(config)
        self._serving = asyncio.create_task(self._http.serve(sockets=[listener]))
        await self._http.begun
        return self

    async def __aexit__(self, *_: object) -> None:
        self._http.should_exit = True
        await self._serving

    async def describe(self, _: Request) -> Response:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        if self.userinfo is not None:
            ends["userinfo_endpoint"] = "userinfo"
        told = {"issuer": self.issuer} | {name: f"{self.issuer}/{path}" for name, path in ends.items()}
        return JSONResponse(told | self.metadata)

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode()))
        asked = self._codes.pop(given["code"], None)
        challenge = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        secret = base64.b64encode(b"floorwatch:provider secret").decode()
        if (
            asked is None
            or asked.get("code_challenge") != proof
            or asked["redirect_uri"] != given["redirect_uri"]
            or request.headers.get("authorization") != f"Basic {secret}"
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": "u1", "aud": "floorwatch", "iat": now, "exp": now + 300, "auth_time": now,
            "nonce": asked["nonce"], "preferred_username": self.user,
        }  # fmt: skip
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        answer = {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": self.signed(claims)}
        return JSONResponse(answer)

    def signed(self, claims: dict[str, Any]) -> str:
        if self.header["alg"] == "none":
            parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (self.header, claims)]
            return b".".join([*parts, b""]).decode()
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])

    def signs_with_what_all_know(self) -> None:
        """The old trick: the public key as a shared secret."""
        self.key = OctKey.import_key(json.dumps(self.shown.as_dict(private=False)).encode())
        self.header = {"alg": "HS256", "kid": "k1"}

    async def keys(self, _: Request) -> Response:
        self.keys_asked += 1
        return JSONResponse(self.shown.as_dict(private=False))

    async def about(self, _: Request) -> Response:
        return JSONResponse(self.userinfo)


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
