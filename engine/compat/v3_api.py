"""`ComfyAPI`: what nodes of the newer kind ask the engine for while they run."""

from __future__ import annotations

from typing import Any

from engine.compat.host import current_run
from engine.compat.pack_progress import show_preview, show_progress
from engine.errors import PackError


def set_progress(
    value: float,
    max_value: float,
    node_id: str | None = None,
    preview_image: Any = None,
    ignore_size_limit: bool = False,
) -> None:
    """Show how far the node is that runs here.

    Args:
        value: How many steps are done.
        max_value: Of how many.
        node_id: The node; only the one that runs can be meant.
        preview_image: An unfinished picture: a Pillow image, or a tensor `[h w c]` or `[1 h w c]`.
        ignore_size_limit: Show it as large as it is.

    Raises:
        PackError: if no node runs here, or another one is meant.
    """
    running = current_run()
    if running is None:
        raise PackError("Progress can only be shown while a node runs.")
    if node_id is not None and str(node_id) != running.context.node_id:
        raise PackError(f"Node {running.context.node_id!r} cannot show the progress of node {node_id!r}.")
    show_progress(value, max_value)
    if preview_image is not None:
        longest = None if ignore_size_limit else running.host.settings.preview_size
        show_preview(("JPEG", preview_image, longest))


class ComfyAPISync:
    """For functions."""

    class Execution:
        """What concerns the run."""

        @staticmethod
        def set_progress(value: float, max_value: float, **options: Any) -> None:
            """See `set_progress`."""
            set_progress(value, max_value, **options)

    execution = Execution()


class ComfyAPI:
    """For coroutines."""

    class Execution:
        """What concerns the run."""

        @staticmethod
        async def set_progress(value: float, max_value: float, **options: Any) -> None:
            """See `set_progress`."""
            set_progress(value, max_value, **options)

    execution = Execution()
    sync = ComfyAPISync()
