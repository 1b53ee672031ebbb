"""Imports packs and collects their nodes. Whatever a pack does meanwhile, the others are loaded and the engine goes on.

`prestartup_script.py` of every pack runs first, then each pack is imported in the order of names. A pack may declare
nodes in three ways: our own (`@node`), classes in `NODE_CLASS_MAPPINGS`, or an extension from `comfy_entrypoint`.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import importlib.util
import inspect
import logging
import re
import runpy
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any, cast

from engine.compat.builtin_classes import MAPPINGS
from engine.compat.facades import install_facades, is_facade
from engine.compat.host import Host, install
from engine.compat.pack_paths import settings_with_folders
from engine.compat.pack_samplers import open_choices
from engine.compat.packs import Pack, Standing, Trust, find_packs, standing_of
from engine.compat.v1 import adapt
from engine.compat.v3 import adapt_v3, is_v3
from engine.errors import PackError, text_of
from engine.graph.schema import NodeDef

log = logging.getLogger(__name__)

_Class = tuple[str, type[Any], str | None]
"""Type name, class, title."""
_Declared = tuple[NodeDef, type[Any] | None]

_NOT_IN_MODULE_NAMES = re.compile(r"\W")
_REASONS: dict[str, str] = {
    "disabled": "its name ends in .disabled",
    "not allowed": "packs are switched off; --whitelist-custom-nodes names those that are loaded all the same",
    "new": "it was not here at the last start, and the server listens to others: python main.py packs allow {name}",
    "crashed": "its import ended the process, or did not end itself; it is tried again when its files change, or after"
    " packs allow {name}",
}


@dataclass(frozen=True, slots=True)
class PackReport:
    """What became of a pack.

    Attributes:
        name: Its name.
        standing: Whether it was to be loaded.
        node_types: What it declares.
        seconds: How long its import took.
        error: Why it could not be loaded, in words; empty if it was.
        remedy: What to do about it; empty if nobody can say.
        notes: Nodes of it that could not be read, each with the reason.
        web_directory: Its files for the browser, relative to the pack; empty if it has none.
    """

    name: str
    standing: Standing
    node_types: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str = ""
    remedy: str = ""
    notes: tuple[str, ...] = ()
    web_directory: str = ""

    def __str__(self) -> str:
        if self.standing != "loads":
            return f"pack {self.name!r} was not loaded: {_REASONS[self.standing].format(name=self.name)}"
        if self.error:
            return f"pack {self.name!r} cannot be loaded: {self.error}{f' {self.remedy}' if self.remedy else ''}"
        count = f"{len(self.node_types)} node type{'' if len(self.node_types) == 1 else 's'}"
        notes = "".join(f"; {note}" for note in self.notes)
        return f"pack {self.name!r}: {count} in {self.seconds:.1f} s{notes}"


def load_packs(host: Host, timeout_s: float | None = None) -> list[PackReport]:
    """Load every pack that may be, into the host's registry.

    Args:
        host: What the packs may reach.
        timeout_s: If the code of one runs longer at a stretch, the process says where it is, and ends.
    """
    packs = find_packs(host.settings)
    trust = Trust.read(host.settings).settle(packs)
    standings: dict[str, Standing] = {pack.name: standing_of(pack, host.settings, trust) for pack in packs}
    wanted = [pack for pack in packs if standings[pack.name] == "loads"]
    if wanted:
        install(host)
        install_facades()
        for pack in wanted:
            trust = trust.begin(pack.name).write()
            with _ends_after(timeout_s):
                _prestart(pack)
            trust = trust.end(pack.name)
    reports: list[PackReport] = []
    for pack in packs:
        if standings[pack.name] != "loads":
            reports.append(PackReport(pack.name, standings[pack.name]))
            continue
        trust = trust.begin(pack.name).write()
        with _ends_after(timeout_s):
            reports.append(_load(pack, host))
        trust = trust.end(pack.name)
    if wanted:
        trust = _settle(host, reports, trust, timeout_s)
    if packs:
        trust.write()
    return reports


@contextlib.contextmanager
def _ends_after(timeout_s: float | None) -> Generator[None]:
    """End the process if this takes longer, even where compiled code never lets go of the interpreter."""
    if timeout_s is None:
        yield
        return
    faulthandler.dump_traceback_later(timeout_s, file=2, exit=True)  # a pack may have replaced `sys.stderr`
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _settle(host: Host, reports: Sequence[PackReport], trust: Trust, timeout_s: float | None) -> Trust:
    """Once all are there: our nodes offer what packs added, and packs' nodes what others added."""
    host.settings = settings_with_folders(host)
    open_choices(host)
    theirs = {node_type for report in reports for node_type in report.node_types}
    host.registry.renew([definition.type for definition in host.registry if definition.type not in theirs])
    for report in reports:
        if report.node_types:  # its code runs again, and may take the process down, or never return, only now
            trust = trust.begin(report.name).write()
            with _ends_after(timeout_s):
                host.registry.renew(report.node_types)
            trust = trust.end(report.name)
    return trust


def _prestart(pack: Pack) -> None:
    script = pack.path / "prestartup_script.py"
    if not script.is_file():
        return
    try:
        runpy.run_path(str(script), run_name=f"{_module_name(pack)}.prestartup_script")
    except BaseException as error:  # a pack's own code; `sys.exit` must not end the engine
        _raise_interrupt(error)
        log.warning("prestartup_script.py of pack %r failed: %s", pack.name, _cause(error))


def _load(pack: Pack, host: Host) -> PackReport:
    started = perf_counter()
    try:
        module = _import(pack)
        definitions, notes = _collect(module, pack, host)
    except BaseException as error:  # as above
        _raise_interrupt(error)
        for type_name in host.put_classes:
            host.classes.pop(type_name, None)
        host.put_classes = {}
        line = _line_in(pack, error)
        return PackReport(
            pack.name,
            "loads",
            seconds=perf_counter() - started,
            error=f"{_cause(error)}{f' ({line})' if line else ''}.",
            remedy=_remedy(pack, error),
        )
    added: list[str] = []
    for definition, cls in definitions:
        if definition.type in host.registry:
            notes.append(
                f"node type {definition.type!r} is there already, from {host.registry[definition.type].module}"
            )
            continue
        host.registry.add(definition)
        added.append(definition.type)
        if cls is not None:
            host.classes[definition.type] = cls
    web = getattr(module, "WEB_DIRECTORY", None)
    host.directories[pack.name] = str(pack.path)
    if isinstance(web, str) and (directory := _web_directory(pack, web)):
        host.web_directories[pack.name] = str(pack.path / directory)
    return PackReport(
        pack.name,
        "loads",
        tuple(added),
        perf_counter() - started,
        notes=tuple(notes),
        web_directory=_web_directory(pack, web) if isinstance(web, str) else "",
    )


def _raise_interrupt(error: BaseException) -> None:
    """Ctrl-C is the user's, not the pack's; where the signal is ignored, as in workers, the pack raised it itself."""
    if isinstance(error, KeyboardInterrupt) and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        raise error


def _module_name(pack: Pack) -> str:
    return f"pack_{_NOT_IN_MODULE_NAMES.sub('_', pack.name)}"


def _import(pack: Pack) -> ModuleType:
    """The pack's module, imported under a name that nothing else has."""
    name = _module_name(pack)
    places = [str(pack.path)] if pack.path.is_dir() else None
    spec = importlib.util.spec_from_file_location(name, pack.source, submodule_search_locations=places)
    if spec is None or spec.loader is None:
        raise PackError(f"{pack.source.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _collect(module: ModuleType, pack: Pack, host: Host) -> tuple[list[_Declared], list[str]]:
    """The declarations of a module, each with the class that it is from, and what could not be read."""
    definitions: list[_Declared] = [(value, None) for value in vars(module).values() if isinstance(value, NodeDef)]
    notes: list[str] = []
    for type_name, cls, display_name in [*_classes(module, host), *_put_classes(host, notes)]:
        try:
            make: Callable[..., NodeDef] = adapt_v3 if is_v3(cls) else adapt
            definition = make(type_name, cls, host, module=f"custom_nodes.{pack.name}", display_name=display_name)
            definitions.append((definition, cls))
        except PackError as error:
            notes.append(str(error))
    return definitions, notes


def _put_classes(host: Host, notes: list[str]) -> Iterator[_Class]:
    """What the pack wrote into `nodes.NODE_CLASS_MAPPINGS` by hand; types that are there already stay as they are."""
    put, host.put_classes = host.put_classes, {}
    for type_name, cls in put.items():
        if type_name in host.registry:
            notes.append(
                f"it puts a class of its own in the place of node type {type_name!r}, which other packs see; the node"
                " of workflows stays"
            )
        else:
            yield type_name, cls, host.titles.get(type_name)


def _classes(module: ModuleType, host: Host) -> Iterator[_Class]:
    mappings: Any = getattr(module, "NODE_CLASS_MAPPINGS", None)
    if isinstance(mappings, Mapping) and mappings is not MAPPINGS:
        names: Any = getattr(module, "NODE_DISPLAY_NAME_MAPPINGS", None)
        titles = cast("Mapping[str, Any]", names) if isinstance(names, Mapping) else {}
        for type_name, cls in cast("Mapping[Any, type[Any]]", mappings).items():
            title = titles.get(type_name)
            yield str(type_name), cls, title if isinstance(title, str) else None
        return
    entrypoint = getattr(module, "comfy_entrypoint", None)
    if callable(entrypoint):
        for cls in asyncio.run(_ask_extension(entrypoint)):
            yield cls.GET_SCHEMA().node_id, cls, None
        return
    if not host.put_classes and not any(isinstance(value, NodeDef) for value in vars(module).values()):
        raise PackError("it declares no nodes: neither NODE_CLASS_MAPPINGS nor comfy_entrypoint is there")


async def _ask_extension(entrypoint: Callable[[], Any]) -> list[Any]:
    extension = entrypoint()
    if inspect.isawaitable(extension):
        extension = await extension
    for step in ("on_load", "get_node_list"):
        answer = getattr(extension, step, list)()
        answer = await answer if inspect.isawaitable(answer) else answer
    return list(answer)


def _web_directory(pack: Pack, given: str) -> str:
    """The directory relative to the pack; empty if it is not inside it."""
    path = (pack.path / given).resolve()
    inside = pack.path.is_dir() and path.is_dir() and path.is_relative_to(pack.path.resolve())
    return path.relative_to(pack.path.resolve()).as_posix() if inside else ""


def _cause(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"it called sys.exit({error.code!r})"
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    text = text_of(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _line_in(pack: Pack, error: BaseException) -> str:
    """Where in the pack's own files it happened: `nodes.py, line 3`."""
    root = pack.path.resolve()
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_shown(Path(error.filename), root)}, line {error.lineno}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename).resolve()
        if path == root or path.is_relative_to(root):
            return f"{_shown(path, root)}, line {frame.lineno}"
    return ""


def _shown(path: Path, root: Path) -> str:
    path = path.resolve()
    return path.relative_to(root).as_posix() if path != root and path.is_relative_to(root) else path.name


def _remedy(pack: Pack, error: BaseException) -> str:
    """What to install, if something is missing."""
    if not isinstance(error, ImportError):
        return ""
    if is_facade(error.name or ""):
        return f"It uses a part of ComfyUI, {error.name}, that this engine does not offer."
    if pack.path.is_dir() and (pack.path / "requirements.txt").is_file():
        where = f"{pack.path.parent.name}/{pack.path.name}/requirements.txt"
        return f"Its own list says what to install: pip install -r {where}"
    missing = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    return f"It needs the Python package {missing!r}, which is not installed." if missing else ""
