"""Previews: unfinished pictures of nodes on their way to the server, encoded, at most some ten a second a node.

Only the latest counts: what comes faster than it can be sent is dropped without having been looked at, so a sampler
never waits for a picture that nobody sees. For those that are sent, the copy to the host is ordered in the thread that
made the picture and waited for in a thread of our own, where pictures are also scaled and encoded.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from engine.workers.messages import Preview
from engine.workers.outbox import Outbox

if TYPE_CHECKING:
    from torch import Tensor

    from engine.execution.events import Preview as Picture

log = logging.getLogger(__name__)

PREVIEW_INTERVAL_S: Final = 0.1
"""Between two pictures of one node."""
_QUALITY = 95
_IDLE_S = 5.0

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Copy:
    """A picture on its way to the host. `fetch` waits for it: bytes `[h, w, c]`."""

    picture: Picture
    fetch: Callable[[], Any]


@dataclass(slots=True)
class _Node:
    """What is known of one node: when a picture of it was last taken, that one if it waits, and the latest since."""

    taken_at: float
    copy: _Copy | None = None
    latest: Picture | None = None


class Previews:
    """Takes pictures from any thread. The thread that encodes exists while there is something to do.

    Args:
        outbox: To the server.
        is_wanted: False drops everything.
        file_format: `jpeg` or `webp`.
        is_plain: They are also for clients that can read nothing but JPEG.
        size: Longest side of what is sent; smaller pictures are enlarged.
        clock: Seconds.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        is_wanted: bool,
        file_format: str,
        size: int,
        is_plain: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._outbox = outbox
        self._is_wanted = is_wanted and size > 0
        self._format = file_format
        self._is_plain = is_plain
        self._size = size
        self._clock = clock
        self._changed = threading.Condition()
        self._nodes: dict[_Key, _Node] = {}
        self._thread: threading.Thread | None = None

    def offer(self, job_id: str, picture: Picture) -> None:
        """Show this picture, unless a later one comes before it could be sent. Never raises, never waits."""
        if not self._is_wanted:
            return
        key, now = (job_id, picture.node_id), self._clock()
        with self._changed:
            node = self._nodes.get(key)
            if node is None or (now - node.taken_at >= PREVIEW_INTERVAL_S and node.copy is None):
                self._nodes[key] = _Node(now, _try_to(_begin_copy, picture))
            else:
                node.latest = picture
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="previews", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def forget(self, job_id: str, node_id: str | None = None) -> None:
        """Show no more pictures of a node, or of a job; what is being encoded is dropped too."""
        with self._changed:
            if node_id is not None:
                self._nodes.pop((job_id, node_id), None)
            else:
                for key in [key for key in self._nodes if key[0] == job_id]:
                    del self._nodes[key]

    # -- the thread that encodes ------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (task := self._next()) is not None:
            key, copy = task
            data = _try_to(self._encode, copy)
            del task
            with self._changed:
                if data is not None and key in self._nodes:
                    self._outbox.put(self._message(key[0], copy.picture, *data), is_droppable=True)
            del copy

    def _next(self) -> tuple[_Key, _Copy] | None:
        """What to encode next; None when there was nothing for a while, and the thread is to end."""
        with self._changed:
            idle_since = self._clock()
            while True:
                now = self._clock()
                pause_s = _IDLE_S - (now - idle_since)
                for key, node in self._nodes.items():
                    if node.copy is None and node.latest is None:
                        continue
                    due_in_s = 0.0 if node.copy is not None else node.taken_at + PREVIEW_INTERVAL_S - now
                    if due_in_s > 0:
                        pause_s, idle_since = min(pause_s, due_in_s), now
                    elif (copy := _take(node, now)) is not None:
                        return key, copy
                if pause_s <= 0:
                    self._thread = None
                    return None
                self._changed.wait(pause_s)

    def _encode(self, copy: _Copy) -> tuple[bytes, bytes]:
        """The file, and the same as JPEG for who wants that."""
        from PIL import Image, ImageOps

        pixels = copy.fetch()
        image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
        image = image.convert("L" if image.mode == "L" else "RGB")
        image = ImageOps.contain(image, (self._size, self._size), Image.Resampling.BILINEAR)
        webp, jpeg = io.BytesIO(), io.BytesIO()
        if self._format == "webp":
            image.save(webp, "WEBP", quality=_QUALITY, method=0)
        if self._format == "jpeg" or self._is_plain:
            image.save(jpeg, "JPEG", quality=_QUALITY)
        return (webp.getvalue(), jpeg.getvalue()) if self._format == "webp" else (jpeg.getvalue(), b"")

    def _message(self, job_id: str, picture: Picture, data: bytes, jpeg: bytes) -> Preview:
        return Preview(
            job_id=job_id,
            node_id=picture.node_id,
            display_id=picture.display_id,
            parent_id=picture.parent_id,
            media_type=f"image/{self._format}",
            data=data,
            jpeg=jpeg,
        )


def _take(node: _Node, now: float) -> _Copy | None:
    if node.copy is not None:
        copy, node.copy = node.copy, None
        return copy
    latest, node.latest, node.taken_at = node.latest, None, now
    return _try_to(_begin_copy, latest)


def _begin_copy(picture: Picture) -> _Copy:
    """Order the copy of the first picture to the host, behind what the device has to do before."""
    import torch

    with torch.inference_mode():
        image = picture.image.detach()
        while image.ndim > 3:
            image = image[0]
        if image.ndim != 3 or image.shape[-1] not in (1, 3, 4) or not image.numel():
            raise ValueError(f"a picture has the shape [h, w, 1, 3 or 4], not {list(image.shape)}")
        if image.device.type != "cuda":
            return _Copy(picture, lambda: _to_bytes(image).cpu().numpy())
        pixels = _to_bytes(image)
        host = torch.empty(pixels.shape, dtype=torch.uint8, pin_memory=True)
        host.copy_(pixels, non_blocking=True)
        arrival = torch.cuda.Event()
        arrival.record()

    def fetch() -> Any:
        arrival.synchronize()
        return host.numpy()

    return _Copy(picture, fetch)


def _to_bytes(image: Tensor) -> Tensor:
    """0..1 to 0..255, without asking the device for anything."""
    import torch

    return image.float().nan_to_num(nan=0.0).mul(255.0).clamp_(0.0, 255.0).to(torch.uint8)


def _try_to(do: Any, subject: Any) -> Any:
    """The result; None if it fails, for a preview is never worth a run."""
    try:
        return do(subject)
    except Exception as error:
        log.debug("a preview is not shown: %s: %s", type(error).__name__, error)
        return None
