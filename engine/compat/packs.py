"""Which packs there are, and which may be loaded. No pack's code runs here, and no torch is imported.

A pack is a folder or a file below `custom_nodes` (and further folders that settings name). Whether a pack was there
before, was allowed, or took its process down while it was imported stands in `packs.json` in the user directory.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from engine.errors import FileError
from engine.files import write_whole
from engine.graph.json_values import as_list, as_object, as_text
from engine.settings import Settings

_NO_PACKS = frozenset({"__pycache__", "README.md"})
_DISABLED = ".disabled"
_EXAMPLES = ("example_workflows", "example", "examples", "workflow", "workflows")
Standing = Literal["loads", "disabled", "not allowed", "new", "crashed"]


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it lies there.

    Attributes:
        name: Of its folder, or of its file without `.py`; without `.disabled`.
        path: The folder or the file.
        is_disabled: Its name ends in `.disabled`.
    """

    name: str
    path: Path
    is_disabled: bool = False

    @property
    def source(self) -> Path:
        """The file that is imported."""
        return self.path / "__init__.py" if self.path.is_dir() else self.path

    @property
    def stamp(self) -> str:
        """Changes when the pack's own modules do."""
        files = sorted(self.path.rglob("*.py")) if self.path.is_dir() else [self.path]
        times: list[int] = []
        for file in files:
            with contextlib.suppress(OSError):
                times.append(file.stat().st_mtime_ns)
        return f"{len(times)}/{max(times, default=0)}"


def find_packs(settings: Settings) -> list[Pack]:
    """Every pack, in the order of directories and names; of two with one name the first counts."""
    found: dict[str, Pack] = {}
    for directory in (settings.base_directory / "custom_nodes", *settings.pack_directories):
        for pack in _list(directory):
            found.setdefault(pack.name, pack)
    return list(found.values())


def example_directory(pack: Pack) -> Path | None:
    """Where a pack keeps example workflows."""
    return next((pack.path / name for name in _EXAMPLES if (pack.path / name).is_dir()), None)


def _list(directory: Path) -> Iterator[Pack]:
    try:
        entries = sorted(directory.iterdir(), key=lambda entry: entry.name.lower())
    except OSError:
        return
    for entry in entries:
        name = entry.name
        if name in _NO_PACKS or name.startswith("."):
            continue
        is_disabled = name.lower().endswith(_DISABLED)
        name = name[: -len(_DISABLED)] if is_disabled else name
        if name.endswith(".py") or (entry.is_dir() and (is_disabled or (entry / "__init__.py").is_file())):
            yield Pack(name.removesuffix(".py"), entry, is_disabled)


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of packs from earlier starts.

    Attributes:
        path: The file that it stands in.
        known: Names of packs that were there before, or were allowed.
        loading: The pack whose import has begun and not ended; empty if none.
        crashed: Stamps of packs that took their process down, by name.
    """

    path: Path
    known: frozenset[str] = frozenset()
    loading: str = ""
    crashed: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def read(cls, settings: Settings) -> Trust:
        """As it stands in the user directory; empty if there is nothing, or nothing that can be read."""
        path = settings.directory("user") / "packs.json"
        document: Any = None
        with contextlib.suppress(OSError, ValueError, RecursionError):
            document = json.loads(path.read_bytes())
        record = as_object(document) or {}
        crashed = as_object(record.get("crashed")) or {}
        return cls(
            path,
            frozenset(name for name in as_list(record.get("known")) or [] if isinstance(name, str)),
            as_text(record.get("loading")),
            {name: stamp for name, stamp in crashed.items() if isinstance(stamp, str)},
        )

    def write(self) -> Trust:
        """Keep it; that it cannot be kept stops nobody."""
        record = {"known": sorted(self.known), "loading": self.loading, "crashed": dict(self.crashed)}
        content = json.dumps(record, indent=1).encode()
        with contextlib.suppress(FileError):
            write_whole(self.path, lambda file: file.write(content))
        return self

    def allow(self, *names: str) -> Trust:
        """These may be loaded, and tried again if they had crashed."""
        crashed = {name: stamp for name, stamp in self.crashed.items() if name not in names}
        return replace(self, known=self.known | set(names), crashed=crashed)

    def begin(self, name: str) -> Trust:
        """The import of a pack begins; should the process die, its name stays."""
        return replace(self, loading=name)

    def end(self, name: str) -> Trust:
        """The import of a pack has ended, one way or the other."""
        return replace(self, loading="", known=self.known | {name})

    def settle(self, packs: list[Pack]) -> Trust:
        """A pack whose import never ended took its process down: it waits until its files change."""
        crashed = next((pack for pack in packs if pack.name == self.loading), None)
        if crashed is None:
            return replace(self, loading="")
        return replace(self, loading="", crashed={**self.crashed, crashed.name: crashed.stamp})


def standing_of(pack: Pack, settings: Settings, trust: Trust) -> Standing:
    """Whether a pack is loaded, or what keeps it from being."""
    if pack.is_disabled:
        return "disabled"
    if not settings.loads_packs and pack.name not in settings.allowed_packs:
        return "not allowed"
    if not settings.trusts_new_packs and pack.name not in trust.known:
        return "new"
    if trust.crashed.get(pack.name) == pack.stamp:
        return "crashed"
    return "loads"
