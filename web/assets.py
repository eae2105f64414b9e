"""Scripts, styles and pictures, read once at the start: served from memory under a name that changes with them.

The build's hash stands in the path (``/static/HASH/board.js``), so modules that import one another by relative path
are all of one build, and every answer may be kept for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FOR_EVER = "public, max-age=31536000, immutable"
ZIPPED = ("text/", "application/json", "application/javascript", "image/svg+xml", "application/manifest+json")
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent."""

    body: bytes
    zipped: bytes | None
    media_type: str

    @classmethod
    def of(cls, path: Path) -> Asset:
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        body = path.read_bytes()
        smaller = gzip.compress(body, 9, mtime=0) if kind.startswith(ZIPPED) else None
        return cls(body, smaller if smaller and len(smaller) < len(body) else None, kind)


class Assets:
    """Every file under one folder, by its path in it."""

    def __init__(self, files: Mapping[str, Asset], digest: str) -> None:
        self._files = files
        self.digest = digest
        """Changes whenever a file (or one of the pages that use them) does."""

    @classmethod
    def load(cls, folder: Path, *also: Path) -> Assets:
        """Read ``folder``; ``also`` are folders whose content is part of the digest (the page templates)."""
        paths = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
        digest = _digest([*paths.values(), *(path for other in also for path in _files(other))])
        return cls({name: Asset.of(path) for name, path in paths.items()}, digest)

    def url(self, path: str) -> str:
        """Where a page finds a file; the server's own name is never part of it, so any proxy path works."""
        return f"/static/{self.digest}/{path}"

    async def serve(self, request: Request) -> Response:
        """``/static/{digest}/{path}``. Pages of an earlier build get today's file, but must not keep it."""
        asset = self._files.get(request.path_params["path"])
        if asset is None:
            return PlainTextResponse("no such file\n", 404)
        current = request.path_params["digest"] == self.digest
        headers = {"cache-control": FOR_EVER if current else "no-cache", "vary": "accept-encoding"}
        body = asset.body
        if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body = asset.zipped
            headers["content-encoding"] = "gzip"
        return Response(body, media_type=asset.media_type, headers=headers)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
