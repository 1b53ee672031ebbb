"""Host: the engine as the facades below `shims` see it.

Packs import modules, and modules are one for a process; this is the one place where that is so. `install` is called
when packs are loaded; while a node runs, its own engine's context goes before, so two engines don't mix.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from engine.errors import PackError
from engine.graph.registry import Registry
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.context import Context
    from engine.memory.pool import Pool

Send = Callable[[str, Any, str | None], None]
"""Sends a message of a pack, by name, with its data, to a client or, for None, to all of them."""
Say = Callable[[str, str, str | None], None]
"""Shows a text at a node, by its id, to a client or, for None, to all of them."""
Folders = dict[str, tuple[list[str], set[str]]]
"""Folders of model files: name to directories and suffixes."""


def _send_to_nobody(name: str, data: Any, client_id: str | None) -> None:
    del name, data, client_id


def _say_to_nobody(node_id: str, text: str, client_id: str | None) -> None:
    del node_id, text, client_id


@dataclass(slots=True)
class Host:
    """What packs may reach.

    Attributes:
        settings: Directories and limits; knows the folders that packs added once all are loaded.
        registry: Every node type; grows while packs are loaded.
        pool: Who may be on the device; made when first asked for.
        send: Sends messages of packs to clients.
        say: Shows texts of packs that belong to no run.
        interrupt: Stops the run in progress.
        routes: HTTP routes that packs registered: (method, path, handler).
        prompt_handlers: Functions through which the body of each submission goes.
        folders: What packs see and change as `folder_names_and_paths`; see `pack_paths.folders_of`.
        classes: Node types as classes, those of packs and those of ours that packs asked for.
        put_classes: Classes that a pack wrote into `nodes.NODE_CLASS_MAPPINGS` by hand, until the loader looks at them.
        directories: Of packs, by module name: what they know as `LOADED_MODULE_DIRS`.
        web_directories: Their files for the browser, by pack: what they know as `EXTENSION_WEB_DIRS`.
        titles: Of node types, as packs see them in `NODE_DISPLAY_NAME_MAPPINGS`.
        made: What facades make once for each host.
    """

    settings: Settings
    registry: Registry
    pool: Callable[[], Pool]
    send: Send = _send_to_nobody
    say: Say = _say_to_nobody
    interrupt: Callable[[], None] = lambda: None
    routes: list[tuple[str, str, Callable[..., Any]]] = field(default_factory=list[tuple[str, str, Callable[..., Any]]])
    prompt_handlers: list[Callable[[Any], Any]] = field(default_factory=list[Callable[[Any], Any]])
    folders: Folders = field(default_factory=dict[str, tuple[list[str], set[str]]])
    classes: dict[str, type[Any]] = field(default_factory=dict[str, type[Any]])
    put_classes: dict[str, type[Any]] = field(default_factory=dict[str, type[Any]])
    directories: dict[str, str] = field(default_factory=dict[str, str])
    web_directories: dict[str, str] = field(default_factory=dict[str, str])
    titles: dict[str, str] = field(default_factory=dict[str, str])
    made: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Running:
    """The node that runs in this thread or task, and the engine's context for it.

    Attributes:
        host: What it may reach.
        context: Of the node.
        graphs: Numbers the sub-graphs that it builds.
    """

    host: Host
    context: Context
    graphs: Iterator[int] = field(default_factory=count)


_running: ContextVar[Running | None] = ContextVar("running", default=None)
_all_running: list[Running] = []
_installed: list[Host] = []


def install(host: Host) -> None:
    """Make this the host of what packs do outside of runs: while they are imported, and in their routes."""
    _installed[:] = [host]


def current_host() -> Host:
    """The host of the node that runs here, else the one that was installed last.

    Raises:
        PackError: if no packs were loaded in this process.
    """
    running = _running.get()
    if running is not None:
        return running.host
    if not _installed:
        raise PackError("This module belongs to packs; it works only after packs were loaded.")
    return _installed[0]


def current_run() -> Running | None:
    """The node that runs here; None outside of a run."""
    return _running.get()


def nearest_run() -> Running | None:
    """The node that runs here; in a thread that a pack began itself, the only one that runs anywhere."""
    running = _running.get()
    if running is None and len(_all_running) == 1:
        return _all_running[0]
    return running


@contextmanager
def run_node(running: Running) -> Generator[None]:
    """While a node is called."""
    token = _running.set(running)
    _all_running.append(running)
    try:
        yield
    finally:
        _all_running.remove(running)
        _running.reset(token)
