"""A browser without script: keeps cookies, says where it comes from, follows nothing by itself."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from tests.support.people import PASSWORD
from tests.web.conftest import House

TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Visitor:
    """One browser at one house."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.token = ""

    @property
    def secret(self) -> str | None:
        return self.client.cookies.get("floor")

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        return await self.client.get(path, **more)

    async def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> httpx2.Response:
        """As a form of our own page would: with the origin, and the token once there is one."""
        headers = {"origin": str(self.client.base_url).rstrip("/")} | more.pop("headers", {})
        token = {"token": self.token} if self.token else {}
        return await self.client.post(path, data=token | (data or {}), headers=headers, **more)

    async def send(self, path: str, json: Any = None, **more: Any) -> httpx2.Response:
        """As a script of our own page would."""
        headers = {"origin": str(self.client.base_url).rstrip("/"), "x-floor-token": self.token}
        return await self.client.post(path, json=json, headers=headers | more.pop("headers", {}), **more)

    async def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> httpx2.Response:
        answer = await self.post("/sign-in", {"login": login, "password": password, **fields})
        if answer.status_code == 303:
            session = (await self.get("/api/v1/session")).json()
            self.token = session["token"]
        return answer


@asynccontextmanager
async def visiting(house: House) -> AsyncIterator[Visitor]:
    """A new browser."""
    async with httpx2.AsyncClient(base_url=house.base, trust_env=False) as client:
        yield Visitor(client)
