"""Files that packs bring for the page: scripts, translations, example workflows; and where each pack lies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.compat.packs import Pack, example_directory, find_packs
from engine.graph.json_values import as_object
from engine.settings import Settings
from engine.workers.messages import PackInfo

_MOST_BYTES = 4 * 2**20
_CATEGORIES = ("main", "commands", "settings", "nodeDefs")


@dataclass(slots=True)
class PackFiles:
    """Looks at the packs that were loaded; again when others were.

    Attributes:
        settings: Where packs are.
        loaded: Gives what became of each pack.
    """

    settings: Settings
    loaded: Callable[[], tuple[PackInfo, ...]]
    _seen: tuple[PackInfo, ...] = ()
    _packs: dict[str, tuple[Pack, PackInfo]] = field(default_factory=dict[str, tuple[Pack, PackInfo]])

    def _current(self) -> dict[str, tuple[Pack, PackInfo]]:
        infos = self.loaded()
        if infos is not self._seen:
            packs = {pack.name: pack for pack in find_packs(self.settings)}
            loaded = [info for info in infos if info.standing == "loads" and not info.error and info.name in packs]
            self._packs = {info.name: (packs[info.name], info) for info in loaded}
            self._seen = infos
        return self._packs

    def scripts(self) -> dict[str, Path]:
        """By pack, the directory with its files for the browser."""
        return {
            name: pack.path / info.web_directory for name, (pack, info) in self._current().items() if info.web_directory
        }

    def examples(self) -> dict[str, Path]:
        """By pack, the directory with its example workflows."""
        found = {name: example_directory(pack) for name, (pack, _) in self._current().items()}
        return {name: directory for name, directory in found.items() if directory is not None}

    def translations(self) -> dict[str, dict[str, Any]]:
        """Texts of all packs by language and category, see the route `/i18n`; reads files."""
        texts: dict[str, dict[str, Any]] = {}
        for pack, _ in self._current().values():
            for directory in sorted((pack.path / "locales").glob("*/")):
                for category in _CATEGORIES:
                    record = _read_json(directory / f"{category}.json")
                    if not record:
                        continue
                    language = texts.setdefault(directory.name, {})
                    if category == "main":
                        language.update(record)
                    else:
                        language.setdefault(category, {}).update(record)
        return texts


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return {}
        return dict(as_object(json.loads(path.read_bytes())) or {})
    except (OSError, ValueError, RecursionError):
        return {}
