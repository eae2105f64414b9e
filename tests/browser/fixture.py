"""A server for the page alone: templates, static files and the stream of docs/protocol.md, fed with invented floors.

By hand: ``python -m tests.browser.fixture --scene rush --agents 300`` and open the address it prints.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import mimetypes
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jinja2
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.browser.scenes import Parts, Play, alert, board, clock

WEB = Path(__file__).parents[2] / "web"
POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'self'"


class Pages:
    """The page's files, as the real server sends them: strict policy, nothing inline."""

    def __init__(self) -> None:
        loader = jinja2.FileSystemLoader(WEB / "templates")
        self.templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
        self.templates.globals["static"] = lambda path: f"/static/{path}"

    def response(self, request: Request, build: str) -> Response:
        path = urlsplit(request.path).path
        if path.startswith("/static/"):
            return self._file(path.removeprefix("/static/"))
        if path.startswith("/board/"):
            context = {"board_id": path.removeprefix("/board/"), "lang": "en", "theme": "auto", "replay": ""}
            return self._page("board.html", build=build, **context)
        if path == "/":
            boards = [{"id": "default", "title": board()["title"], "public": False, "url": "/board/default"}]
            return self._page("boards.html", build=build, lang="en", theme="auto", boards=boards)
        words = {"status": 404, "message": "There is no such page."}
        return self._page("error.html", build=build, lang="en", theme="auto", **words)

    def _page(self, name: str, **context: Any) -> Response:
        text = self.templates.get_template(name).render(**context)
        return self._answer(HTTPStatus(context.get("status", 200)), text.encode(), "text/html; charset=utf-8")

    def _file(self, name: str) -> Response:
        file = (WEB / "static" / name).resolve()
        if not file.is_relative_to(WEB / "static") or not file.is_file():
            return self._answer(HTTPStatus.NOT_FOUND, b"", "text/plain")
        kind = {".js": "text/javascript"}.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "text/plain"
        return self._answer(HTTPStatus.OK, file.read_bytes(), kind)

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> Response:
        headers = Headers(
            {
                "Content-Type": kind,
                "Content-Length": str(len(body)),
                "Content-Security-Policy": POLICY,
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
                "Connection": "close",
            }
        )
        return Response(status.value, status.phrase, headers, body)


class Stage:
    """The stream's side that a test moves by hand; every public method may be called from the test's thread."""

    def __init__(self, play: Play, **board_changes: Any) -> None:
        self.play = play
        self.board = board(queues=play.queue_ids, **board_changes)
        self.build = "test+1"
        self._streamed_build: str | None = None
        self.revision = 1
        self.beating = True
        self.welcome = True
        self.refuse: int | None = None
        self.heard: list[dict[str, Any]] = []
        self.opened = 0
        self.clients: set[ServerConnection] = set()
        self.loop = asyncio.new_event_loop()
        self.pages = Pages()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self.loop.run_until_complete, args=(self._run(),), name="stage")

    def __enter__(self) -> Stage:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self.loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/board/{self.board['id']}"

    # What a test does.

    def patch(self, parts: Parts, gone: dict[str, list[str]] | None = None) -> None:
        """Changes the floor and tells the clients."""
        for kind, entities in parts.items():
            self.play.parts[kind].update(entities)
        for kind, ids in (gone or {}).items():
            for entity_id in ids:
                self.play.parts[kind].pop(entity_id, None)
        self.revision += 1
        self._send({"t": "patch", "set": parts, "del": gone or {}})

    def skip_revision(self) -> None:
        """Loses a patch on the way."""
        self.revision += 1

    def change_board(self, **changes: Any) -> None:
        """The board's own settings changed: everybody gets a snapshot."""
        self.board = self.board | changes
        self._send(self._snapshot())

    def announce(self, build: str) -> None:
        """The stream speaks of a new build, while the pages stay those of the old one."""
        self._streamed_build = build
        self._send(self._snapshot())

    def ask_round_trip(self) -> None:
        """A beat that wants a pong."""
        self._send({"t": "beat", "n": 42, "heard": {}})

    def cut(self) -> None:
        """Closes every stream and lets nobody in until :meth:`mend`."""
        self.welcome = False
        self._do(self._close_all)

    def mend(self) -> None:
        self.welcome = True

    def live(self, every_s: float = 0.25, moves: int = 3) -> None:
        """Lets the floor move by itself."""
        self._do(lambda: self._tasks.append(self.loop.create_task(self._move(every_s, moves))))

    # How it is done, in the loop's thread.

    def _do(self, action: Callable[[], object]) -> None:
        self.loop.call_soon_threadsafe(action)

    def _close_all(self) -> None:
        for client in self.clients:
            client.transport.abort()

    def _stamped(self, message: dict[str, Any]) -> str:
        return json.dumps({"rev": self.revision, "now": time.time()} | message)

    def _snapshot(self) -> dict[str, Any]:
        return {
            "t": "snapshot",
            "v": 1,
            "build": self._streamed_build or self.build,
            "board": self.board,
            "floor": self.play.floor(),
        }

    def _send(self, message: dict[str, Any]) -> None:
        frame = self._stamped(message)
        self._do(lambda: self._spread(frame))

    def _spread(self, frame: str) -> None:
        self._tasks += [self.loop.create_task(self._deliver(client, frame)) for client in self.clients]

    async def _deliver(self, client: ServerConnection, frame: str) -> None:
        with contextlib.suppress(ConnectionClosed):
            await client.send(frame)

    async def _client(self, client: ServerConnection) -> None:
        self.opened += 1
        if self.refuse is not None:
            await client.close(self.refuse)
            return
        self.clients.add(client)
        try:
            await client.send(self._stamped(self._snapshot()))
            async for frame in client:
                self.heard.append(json.loads(frame))
                if self.heard[-1] == {"t": "resync"}:
                    await client.send(self._stamped(self._snapshot()))
        except ConnectionClosed:
            pass
        finally:
            self.clients.discard(client)

    def _request(self, _: ServerConnection, request: Request) -> Response | None:
        if urlsplit(request.path).path != "/ws":
            return self.pages.response(request, self.build)
        if not self.welcome or parse_qs(urlsplit(request.path).query).get("board") is None:
            return self.pages._answer(HTTPStatus.SERVICE_UNAVAILABLE, b"", "text/plain")
        return None

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(2)
            heard = {name: 0.4 for name, pbx in self.play.parts["pbxs"].items() if pbx["link"] == "up"}
            if self.beating:
                self._send({"t": "beat", "heard": heard})

    async def _move(self, every_s: float, moves: int) -> None:
        while True:
            await asyncio.sleep(every_s)
            self.patch(self.play.step(time.time(), moves))

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        server: Server
        async with serve(
            self._client, "127.0.0.1", self._port(), process_request=self._request, ping_interval=None
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self._tasks = [asyncio.create_task(self._beat())]
            self._ready.set()
            await self._stop.wait()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._close_all()

    port = 0

    def _port(self) -> int:
        return self.port


def staged(scene: str, agents: int = 60, queues: int = 12, **board_changes: Any) -> Stage:
    """A stage with one of the scenes: normal, rush, stale, gap, drill, alarm, evacuation, empty, two, public."""
    now = time.time()
    if scene == "empty":
        return Stage(Play(now, agents=0, queues=0), **board_changes)
    pbxs = ("pbx-north", "pbx-south") if scene == "two" else ("pbx1",)
    play = Play(now, agents=agents, queues=queues, rush=scene == "rush", pbxs=pbxs)
    first = pbxs[0]
    if scene == "stale":
        play.parts["pbxs"][first] = play.pbx(first, "down", since=now - 9, reason="timed out")
    if scene in ("gap", "two"):
        play.parts["pbxs"][first]["gaps"] = [[now - 7200, now - 7171], [now - 600, now - 571]]
    if scene == "two":
        twin = next(a for a in play.parts["agents"].values() if a["pbx"] == first)
        play.parts["agents"][f"pbx-south/{twin['id']}"] = twin | {"pbx": "pbx-south", "state": "talking"}
        play.parts["trunks"][f"{first}/trunk-2"] |= {"reach": "unreachable", "since": now - 130}
        play.parts["notices"]["n1"] = {
            "text": "Team meeting at 15:00 · 15 点例会",
            "level": "notice",
            "until": now + 3600,
        }
    if scene in ("alarm", "drill"):
        raise_alarm(play, now, rehearsed=scene == "drill")
    if scene == "evacuation":
        order = {"en": "By the stairs to the car park. No lift.", "zh": "走楼梯到停车场集合，不要乘电梯。"}
        play.parts["notices"]["e"] = {"text": order, "level": "critical", "evacuation": True}
    if scene == "public":
        play.parts["agents"].clear()
        for queue in play.parts["queues"].values():
            queue["states"] = None
        board_changes |= {"public": True, "agents": "none", "tiles": ["waiting", "longest", "answered", "offered"]}
    return Stage(play, drill=scene == "drill", **board_changes)


def raise_alarm(play: Play, now: float, *, rehearsed: bool) -> None:
    """Two clocks run on tiles, and four alerts stand: open, taken, unknown, silenced; of a drill the first two."""
    agents = list(play.parts["agents"])
    for agent_id, rule, ago in ((agents[2], "R-HLD-2", 47.0), (agents[4], "R-HLD-2", 12.5), (agents[5], "R-ANS-1", 11)):
        state = "holding" if rule == "R-HLD-2" else "ringing"
        since = now - ago + 1.5
        changes = {"state": state, "since": since, "misses": 0, "clocks": [clock(now, ago, rule)]}
        play.parts["agents"][agent_id] |= changes
    late = {"rule": "R-ANS-3", "since": now, "notice_s": 0, "word": {"en": "apologise", "zh": "致歉"}}
    play.parts["agents"][agents[7]] |= {"state": "talking", "since": now + 1.5, "clocks": [late]}
    trunk = {"rule": "R-EMG-22", "kind": "trunk", "subject": "trunk-2", "owner": "2001", "stage": "acknowledged"}
    trunk["name"] = {"en": "Trunk lost", "zh": "中继中断"}
    wait = {"rule": "R-ANS-8", "kind": "queue", "subject": "Support", "severity": "warn", "fired_at": now - 95}
    wait["name"] = {"en": "Long wait", "zh": "等待过长"}
    play.parts["alerts"]["a1"] = alert(now, drill=rehearsed)
    play.parts["alerts"]["a2"] = alert(now, **trunk, fired_at=now - 312, drill=rehearsed)
    if not rehearsed:
        play.parts["alerts"]["a3"] = alert(now, **wait)
        play.parts["alerts"]["a4"] = alert(now, **wait | {"subject": "Sales"}, unknown=True)


def main() -> None:
    """Serves one scene until interrupted."""
    options = argparse.ArgumentParser()
    options.add_argument("--scene", default="normal")
    options.add_argument("--agents", type=int, default=60)
    options.add_argument("--queues", type=int, default=12)
    options.add_argument("--port", type=int, default=8700)
    given = options.parse_args()
    Stage.port = given.port
    with staged(given.scene, given.agents, given.queues) as stage:
        if given.scene not in ("stale", "empty"):
            stage.live()
        print(stage.url)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
