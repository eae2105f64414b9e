"""Invented floors that speak docs/protocol.md: calm or busy, of any size, on one exchange or two, reproducible."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]
Parts = dict[str, dict[str, Any]]

QUEUES = (
    "Support Sales Billing Returns Delivery Warranty Emergency Chinese VIP Outlets Partners Callback 技术支持 投诉"
).split()
REASONS = ("meal", "break", "ticket", "meeting", "training", "Zahnarzt")
CALM = {"ready": 30, "talking": 46, "acw": 7, "paused": 9, "ringing": 2, "holding": 2, "outbound": 3, "offhook": 1}
RUSH = {
    "ready": 0,
    "talking": 66,
    "acw": 9,
    "paused": 6,
    "ringing": 8,
    "holding": 6,
    "unreachable": 2,
    "auto_paused": 3,
}
LASTS = {"ringing": 14, "holding": 22, "acw": 40, "paused": 320, "talking": 240, "ready": 90}

THRESHOLDS = {
    "waiting": {"warn": 5, "critical": 10, "direction": "up"},
    "longest": {"warn": 60, "critical": 180, "direction": "up"},
    "service_level": {"warn": 0.8, "critical": 0.6, "direction": "down", "target": 0.8},
    "answer_rate": {"warn": 0.9, "critical": 0.8, "direction": "down", "target": 0.9},
    "abandon_rate": {"warn": 0.05, "critical": 0.1, "direction": "up", "target": 0.05},
}
TILES = ["waiting", "longest", "service_level", "answered", "lost", "staffed"]


def board(**changes: Any) -> Entity:
    """A BOARD as the server sends it by default, with changes."""
    return {
        "id": "default",
        "title": {"en": "Customer service", "zh": "客户服务中心"},
        "language": "auto",
        "theme": "auto",
        "public": False,
        "agents": "number",
        "queues": [],
        "formula": "C",
        "answer_s": 15,
        "tiles": TILES,
        "window": "today",
        "thresholds": THRESHOLDS,
        "drill": False,
    } | changes


def alert(now: float, **changes: Any) -> Entity:
    """An ALERT: a hold without a word for 47 s, which nobody has taken yet."""
    return {
        "rule": "R-HLD-2", "severity": "crit", "stage": "firing", "kind": "agent", "subject": "1003", "pbx": "pbx1",
        "name": {"en": "Hold without a word", "zh": "保持未通报"},
        "text": {"en": "1003 has held the caller for 47 s", "zh": "1003 已保持 47 秒"},
        "since": now - 47, "fired_at": now - 32, "value": 47, "limit": 15,
    } | changes  # fmt: skip


def clock(now: float, ago: float, rule: str = "R-HLD-2") -> Entity:
    """The clock of a hold, or of a ring."""
    hold = rule == "R-HLD-2"
    word = {"en": "report", "zh": "通报"} if hold else {"en": "ringing", "zh": "振铃"}
    times = {"notice_s": 12, "limit_s": 15, "every_s": 15} if hold else {"notice_s": 10, "limit_s": 15}
    return {"rule": rule, "since": now - ago, "word": word} | times


@dataclass
class Play:
    """A floor that lives: :meth:`floor` is its FLOOR, :meth:`step` moves it on and gives the patch's ``set``."""

    now: float
    agents: int = 60
    queues: int = 12
    rush: bool = False
    pbxs: tuple[str, ...] = ("pbx1",)
    named: bool = False
    seed: int = 7
    parts: Parts = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.parts = {
            kind: {}
            for kind in ("pbxs", "queues", "agents", "callers", "trunks", "figures", "history", "notices", "alerts")
        }
        for name in self.pbxs:
            self.parts["pbxs"][name] = self.pbx(name)
            for i in range(1, 4):
                trunk = f"trunk-{i}"
                self.parts["trunks"][f"{name}/{trunk}"] = {
                    "pbx": name, "name": trunk, "reach": "reachable", "since": self.now - 9000, "status": "OK",
                }  # fmt: skip
        self.queue_ids = [f"{self.pbxs[i % len(self.pbxs)]}/{QUEUES[i % len(QUEUES)]}" for i in range(self.queues)]
        for i in range(self.agents):
            self._hire(i)
        for queue_id in self.queue_ids:
            self._open(queue_id)
        self.parts["history"]["total"] = self._total() if self.queue_ids else []

    def pbx(self, name: str, link: str = "up", **changes: Any) -> Entity:
        """A PBX, whose clock is 1.5 s ahead."""
        return {
            "name": name, "link": link, "since": self.now - 4000, "reason": None, "version": "22.1",
            "clock_offset_s": 1.5, "timestamps": True, "gaps": [],
        } | changes  # fmt: skip

    def _hire(self, i: int) -> None:
        pbx = self.pbxs[i % len(self.pbxs)]
        number = str(1001 + i)
        label = (
            f"{self.dice.choice(('Anna', 'Li', 'Maria', 'Jonas', '王'))} {self.dice.choice('KLMNRST')}."
            if self.named
            else number
        )
        agent = {"pbx": pbx, "id": number, "label": label, "person": number, "misses": 0, "reachable": True}
        self.parts["agents"][f"{pbx}/{number}"] = agent | self._state(pbx)

    def _state(self, pbx: str) -> Entity:
        weights = RUSH if self.rush else CALM
        state = self.dice.choices(list(weights), list(weights.values()))[0]
        since = self.now + 1.5 - self.dice.random() ** 2 * LASTS.get(state, 300) * 1.25
        here = [queue_id.split("/")[1] for queue_id in self.queue_ids if queue_id.startswith(pbx + "/")]
        queue = self.dice.choice(here) if here else None
        return {
            "state": state, "since": since, "before": "ready", "kind": "queue",
            "queue": queue if state not in ("ready", "paused") else None,
            "reason": self.dice.choice(REASONS) if state == "paused" else None,
            "queues": here[:3], "paused_in": [], "holds": int(state == "holding"),
            "misses": self.dice.choice((0, 0, 0, 0, 0, 1)) if state == "ready" else 3 if state == "auto_paused" else 0,
        }  # fmt: skip

    def _open(self, queue_id: str) -> None:
        pbx, name = queue_id.split("/")
        heavy = self.rush and self.dice.random() < 0.6
        waiting = self.dice.randint(3, 14) if heavy else self.dice.choice((0, 0, 0, 1, 1, 2))
        oldest = self.now - self.dice.uniform(20, 220 if heavy else 40) if waiting else None
        self.parts["queues"][queue_id] = {
            "pbx": pbx, "name": name, "title": name, "waiting": waiting, "oldest_joined_at": oldest,
            "states": self._members(pbx),
        }  # fmt: skip
        offered = self.dice.randint(20, 180)
        self.parts["figures"][f"queue:{queue_id}"] = {
            w: self._figures(offered // n) for w, n in (("today", 1), ("m15", 12))
        }
        self.parts["history"][f"queue:{queue_id}"] = [self._point(i) for i in range(12)]

    def _members(self, pbx: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for agent in self.dice.sample(list(self.parts["agents"].values()), k=min(len(self.parts["agents"]), 14)):
            counts[agent["state"]] = counts.get(agent["state"], 0) + 1
        return counts

    def _figures(self, offered: int) -> Entity:
        answered = int(offered * self.dice.uniform(0.74, 0.86) if self.rush else offered * self.dice.uniform(0.92, 1))
        in_time = int(answered * (self.dice.uniform(0.5, 0.8) if self.rush else self.dice.uniform(0.82, 0.97)))
        abandoned = max(0, offered - answered - 1)
        return {
            "offered": offered, "answered": answered, "abandoned": abandoned,
            "timed_out": offered - answered - abandoned, "exited": 0, "answered_in_time": in_time,
            "abandoned_in_time": abandoned // 3, "short_abandoned": abandoned // 6, "transferred": answered // 20,
            "wait_answered_s": answered * 11, "talk_s": answered * 184, "acw_s": answered * 22.5,
            "ring_no_answer": offered // 30, "sl": {},
        }  # fmt: skip

    def _point(self, i: int) -> Entity:
        offered = self.dice.randint(0, 14)
        return {
            "at": self.now - (12 - i) * 300,
            "offered": offered,
            "answered": max(0, offered - self.dice.choice((0, 0, 1, 3))),
        }

    def _total(self) -> list[Entity]:
        hours = [self.parts["history"][f"queue:{queue_id}"] for queue_id in self.queue_ids]
        return [
            {"at": at[0]["at"], "offered": sum(p["offered"] for p in at), "answered": sum(p["answered"] for p in at)}
            for at in zip(*hours, strict=True)
        ]

    def floor(self) -> Parts:
        """The whole FLOOR."""
        return self.parts

    def step(self, now: float, moves: int = 3) -> Parts:
        """Lets ``moves`` agents and one queue change at ``now``; what changed is returned and remembered."""
        self.now = now
        agents = {}
        for agent_id in self.dice.sample(sorted(self.parts["agents"]), k=min(moves, len(self.parts["agents"]))):
            old = self.parts["agents"][agent_id]
            agents[agent_id] = old | self._state(old["pbx"]) | {"since": now + 1.5, "before": old["state"]}
        queues = {}
        if self.queue_ids:
            queue_id = self.dice.choice(self.queue_ids)
            queues[queue_id] = self._moved(self.parts["queues"][queue_id], now)
        changed: Parts = {"agents": agents, "queues": queues}
        for kind, entities in changed.items():
            self.parts[kind].update(entities)
        return changed

    def _moved(self, queue: Entity, now: float) -> Entity:
        waiting = max(0, queue["waiting"] + self.dice.choice((-1, 1)))
        oldest = (queue["oldest_joined_at"] or now) if waiting else None
        return queue | {"waiting": waiting, "oldest_joined_at": oldest, "states": self._members(queue["pbx"])}
