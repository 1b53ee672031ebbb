"""Progress, previews, texts and interrupts as packs tell and ask for them: they concern the node that runs here."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from engine.compat.host import current_host, current_run, nearest_run
from engine.images.pixels import from_uint8

Hook = Callable[..., Any]
_hooks: list[Hook] = []


class ProgressBar:
    """Tells how far a node is; also the place where an interrupt takes effect. Does nothing outside of runs.

    Args:
        total: How many steps there are.
        node_id: The node to show it at; it is always the one that runs.
    """

    def __init__(self, total: float, node_id: str | None = None) -> None:
        self.total = total
        self.current: float = 0
        self.node_id = node_id

    def update_absolute(self, value: float, total: float | None = None, preview: Any = None) -> None:
        """So many steps are done.

        Args:
            value: How many; not more than the total.
            total: Another total from now on.
            preview: (format, Pillow image, longest side): an unfinished picture.
        """
        if total is not None:
            self.total = total
        self.current = min(value, self.total)
        show_progress(self.current, self.total, preview)

    def update(self, value: float) -> None:
        """So many more steps are done."""
        self.update_absolute(self.current + value)


def show_progress(value: float, total: float, preview: Any = None) -> None:
    """Show how far the node is that runs here, and an unfinished picture.

    Raises:
        Interrupted: if the user stopped the run.
    """
    for hook in _hooks:
        hook(value, total, preview)
    running = nearest_run()
    if running is None:
        return
    running.context.progress(round(value), max(1, round(total)))
    if preview is not None:
        show_preview(preview)


def show_preview(preview: Any) -> None:
    """Show an unfinished picture: (format, Pillow image, longest side or None); a Pillow image or a tensor will do."""
    running = nearest_run()
    image, longest = (preview[1], preview[2]) if isinstance(preview, tuple) else (preview, None)
    if running is None or image is None:
        return
    if isinstance(preview, tuple) and preview[0] == "PNG" and longest is None and isinstance(image, Image.Image):
        # So do nodes send what is finished: no preview is a whole PNG.
        file = io.BytesIO()
        image.save(file, "PNG", compress_level=1)
        running.context.send_picture(file.getvalue())
        return
    if isinstance(image, Image.Image):
        image = image.convert("RGB")
        if longest:
            image.thumbnail((longest, longest))
        image = from_uint8(np.asarray(image))
    running.context.preview(image)


def show_text(text: str, node_id: str, client_id: str | None) -> None:
    """Show a text at a node. It belongs to the run that goes on here, unless it is for another client.

    Args:
        text: What to show.
        node_id: At which node; empty for the one that runs.
        client_id: For whom; None for who asked for the run, or, outside of runs, for all.
    """
    running = nearest_run()
    if running is not None and client_id in (None, running.context.submitter.client_id):
        running.context.say(text, node_id)
    else:
        current_host().say(node_id, text, client_id)


def set_global_hook(hook: Hook | None) -> None:
    """Have a function called with (value, total, preview) for each progress, beside what we do ourselves."""
    _hooks[:] = [] if hook is None else [hook]


def is_interrupted() -> bool:
    """Whether the user stopped the run that goes on here."""
    running = nearest_run()
    return running is not None and running.context.interrupted.is_set()


def check_interrupted() -> None:
    """Raise if the user stopped the run that goes on here.

    Raises:
        Interrupted: if so.
    """
    running = nearest_run()
    if running is not None:
        running.context.check_interrupted()


def interrupt(value: bool = True) -> None:
    """Stop the run in progress. An interrupt cannot be taken back, so False does nothing."""
    if not value:
        return
    running = current_run()
    if running is not None:
        running.context.interrupted.set()
    else:
        current_host().interrupt()
