"""Progress, previews, interrupts and coroutines of packs, and what they send and serve (3.4)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web

from engine.context import Submitter
from engine.errors import Interrupted
from engine.execution.events import PictureSent, Preview, Progress, RunFinished, TextSaid
from tests.engine.compat.workshop import Workshop, node

Make = Callable[..., Workshop]


def test_a_bar_shows_progress_and_previews_at_its_node(workshop: Make) -> None:
    shop = workshop("progress")
    assert shop.value("Bar", steps=4) == 4
    assert [(event.node_id, event.value, event.total) for event in shop.told(Progress)] == [
        ("1", value, 4) for value in (1, 2, 3, 4)
    ]
    (preview,) = shop.told(Preview)
    assert tuple(preview.image.shape) == (5, 10, 3)
    assert preview.image[..., 0].min() == 1


def test_a_whole_png_is_no_preview(workshop: Make) -> None:
    shop = workshop("progress")
    shop.run({"1": node("Sends")})
    (sent,) = shop.told(PictureSent)
    assert sent.png.startswith(b"\x89PNG")
    assert shop.told(Preview) == []


def test_coroutines_run_at_once_and_progress_stays_with_its_node(workshop: Make) -> None:
    shop = workshop("progress")
    ids = [str(number) for number in range(1, 6)]
    done = shop.run({name: node("Later", steps=int(name) + 2) for name in ids}, *ids)
    assert {name: outputs[0] for name, outputs in done.outputs.items()} == {name: name for name in ids}
    told = shop.told(Progress)
    for name in ids:
        values = [event.value for event in told if event.node_id == name]
        assert values == list(range(1, int(name) + 3))
    first_ends = max(index for index, event in enumerate(told) if event.node_id == "1")
    assert {event.node_id for event in told[:first_ends]} == set(ids)  # they took turns


def test_threads_of_a_pack_report_for_its_node(workshop: Make) -> None:
    shop = workshop("progress")
    assert shop.value("Threaded", steps=3) == 3
    assert [(event.node_id, event.value) for event in shop.told(Progress)] == [("1", 1), ("1", 2), ("1", 3)]


@pytest.mark.parametrize("how", ["raise", "call", "hook"])
def test_a_pack_ends_the_run_as_interrupted(workshop: Make, how: str) -> None:
    shop = workshop("progress")
    with pytest.raises(Interrupted):
        shop.run({"1": node("Stops", how=how)})
    assert shop.told(RunFinished)[0].status == "interrupted"


def test_an_interrupt_takes_effect_in_a_bar(workshop: Make) -> None:
    shop = workshop("progress")
    interrupted = threading.Event()

    def watch(event: Any) -> None:
        if isinstance(event, Progress) and event.value == 3:
            interrupted.set()
        shop.events.append(event)

    with pytest.raises(Interrupted):
        shop.run({"1": node("Bar", steps=1000)}, on_event=watch, interrupted=interrupted)
    assert len(shop.told(Progress)) == 3


def test_a_bar_outside_of_runs_does_nothing(workshop: Make) -> None:
    workshop("progress")
    from engine.compat.pack_progress import ProgressBar

    bar = ProgressBar(3)
    bar.update(2)
    bar.update(5)
    assert bar.current == 3


def test_messages_reach_the_host(workshop: Make) -> None:
    shop = workshop("messages")
    done = shop.run({"4": node("Sends", text="hi")}, "4", submitter=Submitter("client 1"))
    assert done.outputs["4"] == ("4",)
    assert shop.sent == [
        ("messages.said", {"text": "hi", "node": "4"}, "client 1"),
        ("messages.all", {"text": "hi"}, None),
    ]
    assert shop.told(TextSaid) == [
        TextSaid("4", "4", "half way"),
        TextSaid("4", "ä", "packed ✓"),
        TextSaid("4", "4", "nowhere"),
    ]


def test_texts_for_others_and_outside_of_runs_reach_the_host(workshop: Make, caplog: pytest.LogCaptureFixture) -> None:
    shop = workshop("messages")
    said: list[tuple[str, str, str | None]] = []
    shop.host.say = lambda *text: said.append(text)
    shop.run({"4": node("Sends", text="hi", sid="client 2")}, "4", submitter=Submitter("client 1"))
    from engine.compat.pack_server import BinaryEventTypes, PromptServer

    server: Any = PromptServer.instance
    server.send_progress_text(b"done", 7)
    assert said == [("4", "for client 2", "client 2"), ("7", "done", None)]
    for damaged in (b"", b"\0\0\0", b"\0\0\0\x02a", "a text", None):
        server.send_sync(BinaryEventTypes.TEXT, damaged)
    assert len(said) == 2
    assert caplog.text.count("A text of a pack is not sent") == 5


def test_routes_and_prompt_handlers_reach_the_host(workshop: Make) -> None:
    shop = workshop("messages")
    host = shop.host
    assert [(method, path) for method, path, _ in host.routes] == [
        ("GET", "/messages/hello"),
        ("POST", "/messages/{name}"),
        ("GET", "/messages/added"),
        ("PUT", "/messages/put"),
        ("GET", "/messages/files/{filename:.+}"),
    ]
    answer = cast("web.Response", asyncio.run(host.routes[0][2](None)))
    assert answer.text == '{"hello": "you"}'
    asked: Any = SimpleNamespace(match_info={"filename": "messages.js"})
    assert isinstance(asyncio.run(host.routes[4][2](asked)), web.FileResponse)
    for name in ("../__init__.py", "nothing.js"):
        asked = SimpleNamespace(match_info={"filename": name})
        with pytest.raises(Exception, match=r"inside|Not Found"):
            asyncio.run(host.routes[4][2](asked))
    body: dict[str, Any] = {"prompt": {}}
    for handler in host.prompt_handlers:
        body = handler(body)
    assert body == {"prompt": {}, "extra_data": {"seen": True}}
    assert shop.reports["messages"].web_directory == "js"


def test_what_only_the_server_has_says_so(workshop: Make) -> None:
    workshop("messages")
    from engine.compat.pack_server import PromptServer

    server: Any = PromptServer.instance
    assert getattr(server, "loop", None) is None
    for ask in (lambda: server.loop, lambda: server.prompt_queue.get_tasks_remaining(), lambda: server.app.router.x):
        with pytest.raises(AttributeError, match="is not offered by this engine yet"):
            ask()
