"""The websocket clients, and who of them is told what: notices of the dispatcher -> frames in outboxes.

What a notice costs grows with the clients it concerns, whatever they do; each message is written once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from engine.jobs.events import FINAL, JobEvent, JobStarted, NodeText
from engine.server import protocol
from engine.server.outbox import Outbox, Sender
from engine.server.protocol import Message, Translator
from engine.workers.messages import PackMessage, PackText
from engine.workers.notices import Notice, PreviewShown, QueueChanged

if TYPE_CHECKING:
    from engine.workers.dispatch import Dispatcher


class Client:
    """One websocket connection.

    Attributes:
        sid: The id under which it submits jobs; two connections may share one.
        outbox: What waits to be sent.
        wants_metadata: It said that it can read previews that say what they are of.
    """

    def __init__(self, sid: str, outbox: Outbox) -> None:
        self.sid = sid
        self.outbox = outbox
        self.wants_metadata = False


class Hub:
    """All connections to `/ws` of one server.

    Attributes:
        sender: Writes outboxes; other sockets of the server may use it too.
    """

    def __init__(self, dispatcher: Dispatcher, *, shows_internals: bool = False, sends_plain: bool = False) -> None:
        self.sender = Sender()
        self._sends_plain = sends_plain
        self._dispatcher = dispatcher
        self._translator = Translator(shows_internals=shows_internals)
        self._clients: dict[str, list[Client]] = {}
        self._ended: list[tuple[str, str]] = []
        self._latest: dict[str, PreviewShown] = {}
        self._unsubscribe = dispatcher.subscribe(self.publish)

    def close(self) -> None:
        """Take no more notices."""
        self._unsubscribe()
        self.sender.flush()

    # -- who is there ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return sum(len(clients) for clients in self._clients.values())

    def has(self, sid: str) -> bool:
        """Whether a client of this id is connected."""
        return sid in self._clients

    def join(self, sid: str, transport: asyncio.Transport) -> Client:
        """Add a connection, and tell it how things are: its id, the queue, and how far its jobs are that run."""
        client = Client(sid, Outbox(transport, self.sender))
        client.outbox.put(protocol.status(self._dispatcher.remaining, sid).frame())
        for job in self._dispatcher.running():
            if job.client_id == sid and (snapshot := self._dispatcher.snapshot(job.id)) is not None:
                for message in protocol.describe_run(snapshot):
                    client.outbox.put(message.frame())
        self._clients.setdefault(sid, []).append(client)
        return client

    def show_latest(self, client: Client) -> None:
        """Send a client that came back the latest unfinished picture of each of its jobs that run."""
        for shown in self._latest.values():
            if shown.client_id == client.sid:
                key = ("preview", shown.preview.job_id, shown.preview.node_id)
                client.outbox.put(protocol.frame_preview_with_metadata(shown.preview), key=key, droppable=True)

    def leave(self, client: Client) -> None:
        """Forget a connection."""
        clients = self._clients.get(client.sid, [])
        if client in clients:
            clients.remove(client)
        if not clients:
            self._clients.pop(client.sid, None)

    def _everyone(self) -> Iterator[Client]:
        for clients in self._clients.values():
            yield from clients

    def _clients_of(self, sid: str | None) -> Iterable[Client]:
        """The connections of a client; those of all for None."""
        return self._everyone() if sid is None else self._clients.get(sid, ())

    # -- what they are told ----------------------------------------------------------------------------------------

    def publish(self, notice: Notice) -> None:
        """Put a notice into the outboxes of those it concerns; called by the dispatcher."""
        match notice:
            case JobEvent():
                self._publish_event(notice)
            case PreviewShown():
                self._publish_preview(notice)
            case QueueChanged():
                self._send(protocol.status(notice.remaining), "")
                for job_id, client_id in self._ended:
                    self._send(protocol.executing(job_id, None), client_id)
                self._ended.clear()
            case PackMessage():
                self.send(notice.name, notice.data, notice.client_id)
            case PackText():
                text = NodeText(notice.node_id, notice.text)
                self._show_text(self._clients_of(notice.client_id), text, ("text", "", notice.node_id))
            case _:
                pass

    def send(self, name: str, data: Any, client_id: str | None = None) -> None:
        """Send a message of any name to the connections of one client, or to all."""
        self._send(Message(name, data, is_for_all=client_id is None), client_id or "")

    def _send(self, message: Message, client_id: str) -> None:
        _put(self._clients_of(None if message.is_for_all else client_id), message)

    def _publish_event(self, told: JobEvent) -> None:
        event = told.event
        if isinstance(event, FINAL):
            self._latest.pop(told.job_id, None)
        if isinstance(event, JobStarted):
            self._latest.pop(told.job_id, None)  # of an attempt that was cut short
            # Clients expect a second status when a job leaves the queue, though as many remain as before.
            self._send(protocol.status(self._dispatcher.remaining), "")
        if isinstance(event, NodeText):
            self._show_text(self._clients_of(told.client_id), event, ("text", told.job_id, event.node_id))
            return
        messages = self._translator.translate(told)
        for message in messages:
            self._send(message, told.client_id)
        if isinstance(event, FINAL) and messages:
            # That nothing runs any more is told after the status, which is about to come.
            self._ended.append((told.job_id, told.client_id))

    def _show_text(self, clients: Iterable[Client], text: NodeText, key: object) -> None:
        data = b""
        for client in clients:
            data = data or protocol.frame_node_text(text)
            client.outbox.put(data, key=key)

    def _publish_preview(self, shown: PreviewShown) -> None:
        preview = shown.preview
        if not preview.final:
            self._latest[preview.job_id] = shown
        plain = detailed = b""
        key = None if preview.final else ("preview", preview.job_id, preview.node_id)
        for client in self._clients.get(shown.client_id, ()):
            if client.wants_metadata:
                data = detailed = detailed or protocol.frame_preview_with_metadata(preview)
            elif preview.final or self._sends_plain:
                data = plain = plain or protocol.frame_preview(preview)
                if not data:
                    continue
            else:
                # Simple clients take every picture that comes for a result, and the server they were made for sends
                # no others unless it is told to.
                continue
            client.outbox.put(data, key=key, droppable=not preview.final)


def _put(clients: Iterable[Client], message: Message) -> None:
    data = b""
    for client in clients:
        data = data or message.frame()
        client.outbox.put(data, key=message.key)
