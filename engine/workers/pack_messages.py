"""Messages that packs send to clients, on their way to the server. They may be sent at any time, from any thread."""

from __future__ import annotations

import logging
from typing import Any

from engine.graph.plain_json import NotJsonError, plain_json
from engine.workers.failure_records import for_clients, utf8
from engine.workers.messages import PackMessage, PackText
from engine.workers.outbox import Outbox

log = logging.getLogger(__name__)

_MOST_BYTES = 16 * 2**20


class PackMessages:
    """Sends them, once there is an outbox; before that, while packs are imported, nobody listens.

    Attributes:
        outbox: To the server.
    """

    def __init__(self) -> None:
        self.outbox: Outbox | None = None

    def send(self, name: str, data: Any, client_id: str | None) -> None:
        """Send a message to a client, or to all of them. What is no JSON is not sent. Never raises."""
        if self.outbox is None:
            return
        try:
            plain = plain_json(data, "its data", limit_bytes=_MOST_BYTES)
        except NotJsonError as error:
            log.warning("The message %r of a pack is not sent: %s", str(name)[:80], error)
            return
        self.outbox.put(PackMessage(utf8(str(name)), plain, None if client_id is None else utf8(str(client_id))))

    def say(self, node_id: str, text: str, client_id: str | None) -> None:
        """Show a text at a node, to a client or to all of them. Never raises."""
        if self.outbox is not None:
            client_id = None if client_id is None else utf8(str(client_id))
            self.outbox.put(PackText(utf8(node_id), for_clients(text), client_id))
