"""Under which names things are said on the relay, behind its prefix."""

from __future__ import annotations


def orders_of(pbx: str) -> str:
    """Where whoever holds this exchange hears orders."""
    return f"orders:{pbx}"


def answers_of(node: str) -> str:
    """Where a node hears what came of its orders."""
    return f"answers:{node}"


def claim_of(id: str) -> str:
    """The mark that an order is somebody's."""
    return f"claim:{id}"


def news_of(pbx: str) -> str:
    """Where nodes hear what became of listening at this exchange."""
    return f"news:{pbx}"
