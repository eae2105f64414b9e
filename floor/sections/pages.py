"""Settings of how pages are reached."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, Field

from floor.sections.strict import Strict


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"'{text}' is no address; give the proxy's, such as 127.0.0.1") from None


class PagesSettings(Strict):
    """What stands between the pages and the browsers."""

    https: bool = Field(
        False, description="People reach the pages over https only (a proxy with a certificate stands in front)."
    )
    proxies: tuple[Annotated[str, AfterValidator(_address)], ...] = Field(
        (), description="Addresses of proxies whose word (X-Forwarded-For) on who asks is believed."
    )
