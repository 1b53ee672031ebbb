"""Previews: the latest picture, scaled and encoded; few of them; none of what has ended."""

from __future__ import annotations

import io
import threading
from time import monotonic
from typing import Any, cast

import pytest
import torch
from PIL import Image
from torch import Tensor

from engine.execution import events as said
from engine.workers.messages import Preview
from engine.workers.outbox import Outbox
from engine.workers.previews import PREVIEW_INTERVAL_S, Previews
from tests.engine.workers.outboxes import KeptOutbox


def _make(**changes: Any) -> tuple[Previews, KeptOutbox]:
    outbox = KeptOutbox()
    options: dict[str, Any] = {"is_wanted": True, "file_format": "jpeg", "size": 64, **changes}
    return Previews(cast(Outbox, outbox), **options), outbox


def _picture(image: Any, node_id: str = "1") -> said.Preview:
    return said.Preview(node_id, node_id, image)


def _grey(value: float, height: int = 8, width: int = 16) -> Tensor:
    return torch.full((1, height, width, 3), value)


def _opened(message: object) -> Image.Image:
    assert isinstance(message, Preview)
    return Image.open(io.BytesIO(message.data))


@pytest.mark.parametrize(("file_format", "kind"), [("jpeg", "JPEG"), ("webp", "WEBP")])
@pytest.mark.parametrize("shape", [(8, 16, 3), (1, 8, 16, 3), (3, 8, 16, 4), (2, 2, 8, 16, 3), (80, 160, 1)])
def test_the_first_picture_is_shown_scaled_to_fit(file_format: str, kind: str, shape: tuple[int, ...]) -> None:
    previews, outbox = _make(file_format=file_format)
    previews.offer("j", _picture(torch.full(shape, 0.5)))
    outbox.wait_for(lambda: len(outbox.messages) == 1)
    image = _opened(outbox.messages[0])
    assert (image.format, image.size) == (kind, (64, 32))
    assert all(abs(int(value) - 127) <= 3 for value in image.convert("RGB").resize((1, 1)).tobytes())


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_for_plain_clients_there_is_a_jpeg(file_format: str) -> None:
    previews, outbox = _make(file_format=file_format, is_plain=True)
    previews.offer("j", _picture(_grey(0.5)))
    outbox.wait_for(lambda: len(outbox.messages) == 1)
    message = cast(Preview, outbox.messages[0])
    assert _opened(message).format == file_format.upper()
    if file_format == "jpeg":
        assert message.jpeg == b""
    else:
        assert Image.open(io.BytesIO(message.jpeg)).format == "JPEG"


def test_of_many_pictures_few_are_sent_and_the_last_is_among_them() -> None:
    previews, outbox = _make()
    started = monotonic()
    for step in range(1000):
        previews.offer("j", _picture(_grey(step / 1000)))
    previews.offer("j", _picture(_grey(1.0)))

    def last_is_white() -> bool:
        return bool(outbox.messages) and _opened(outbox.messages[-1]).convert("L").getpixel((5, 5)) == 255

    outbox.wait_for(last_is_white)
    assert len(outbox.messages) <= (monotonic() - started) / PREVIEW_INTERVAL_S + 2


def test_what_is_not_sent_is_never_looked_at() -> None:
    class Watched:
        touched = 0

        def __getattr__(self, name: str) -> Any:
            Watched.touched += 1
            raise AttributeError(name)

    previews, _ = _make(clock=lambda: 0.0)
    previews.offer("j", _picture(_grey(0.5)))
    for _ in range(100):
        previews.offer("j", _picture(Watched()))
    previews.forget("j")
    assert Watched.touched == 0


def test_nodes_do_not_wait_for_one_another() -> None:
    previews, outbox = _make()
    for node_id in "123":
        previews.offer("j", _picture(_grey(0.5), node_id))
    outbox.wait_for(lambda: len(outbox.messages) == 3)
    assert {cast(Preview, message).node_id for message in outbox.messages} == {"1", "2", "3"}


def test_a_node_that_has_ended_is_not_shown_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    previews, outbox = _make()
    encoding, go_on = threading.Event(), threading.Event()
    encode = previews._encode

    def slowly(copy: Any) -> tuple[bytes, bytes]:
        encoding.set()
        assert go_on.wait(30)
        return encode(copy)

    monkeypatch.setattr(previews, "_encode", slowly)
    previews.offer("j", _picture(_grey(0.5)))
    assert encoding.wait(30)
    previews.forget("j", "1")
    go_on.set()
    previews.offer("j", _picture(_grey(0.5), "2"))
    outbox.wait_for(lambda: len(outbox.messages) == 1)
    assert cast(Preview, outbox.messages[0]).node_id == "2"


@pytest.mark.parametrize("options", [{"is_wanted": False}, {"size": 0}])
def test_nobody_works_for_pictures_that_nobody_wants(options: dict[str, Any]) -> None:
    previews, outbox = _make(**options)
    threads = threading.active_count()
    previews.offer("j", _picture(_grey(0.5)))
    assert threading.active_count() == threads
    assert outbox.messages == []


@pytest.mark.parametrize(
    "image", [torch.zeros(0), torch.zeros(4), torch.zeros(4, 4, 7), torch.zeros(0, 4, 4, 3), "no picture", None]
)
def test_what_is_no_picture_is_passed_over(image: object) -> None:
    previews, outbox = _make()
    previews.offer("j", _picture(image))
    previews.offer("j", _picture(_grey(0.5), "2"))
    outbox.wait_for(lambda: len(outbox.messages) == 1)
    assert cast(Preview, outbox.messages[0]).node_id == "2"


def test_values_that_are_no_numbers_are_black() -> None:
    previews, outbox = _make()
    previews.offer("j", _picture(torch.full((8, 8, 3), torch.nan)))
    outbox.wait_for(lambda: len(outbox.messages) == 1)
    assert _opened(outbox.messages[0]).convert("L").getextrema() == (0, 0)
