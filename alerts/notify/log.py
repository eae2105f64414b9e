"""The log as a way of telling: for collectors that alarm on log lines."""

from __future__ import annotations

import structlog

from alerts.model import Message
from alerts.notify.templates import title

log = structlog.get_logger(__name__)


class Log:
    """Writes one line per message: its title, without customer data."""

    async def tell(self, message: Message) -> None:
        """Never fails."""
        log.warning(
            "alert",
            title=title(message, "en"),
            occasion=message.occasion.value,
            severity=message.severity.value,
            message=message.id,
            drill=message.drill,
        )
