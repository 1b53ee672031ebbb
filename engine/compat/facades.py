"""Lets packs import the modules that they know by name: `folder_paths`, `comfy.utils`, `nodes`, `server` and so on.

Each name leads to the module of the same name below `engine.compat.shims`. Nothing is installed before a pack is
loaded. `nodes` is the name of our own package, too; there, what packs look for is added beside what it has.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_SHIMS = "engine.compat.shims"
_OURS = "nodes"


class _FacadeLoader(Loader):
    """Gives the module below `shims` in place of a new one."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return importlib.import_module(f"{_SHIMS}.{spec.name}")

    def exec_module(self, module: ModuleType) -> None:
        del module


class _FacadeFinder(MetaPathFinder):
    """Knows the names below `shims`; goes before the others, so that each facade is one module under both names."""

    def __init__(self) -> None:
        shims = importlib.import_module(_SHIMS)
        self._roots = {found.name for found in pkgutil.iter_modules(shims.__path__)} - {_OURS}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname.partition(".")[0] not in self._roots or not _exists(fullname):
            return None
        return ModuleSpec(fullname, _FacadeLoader())


def _exists(fullname: str) -> bool:
    try:
        return importlib.util.find_spec(f"{_SHIMS}.{fullname}") is not None
    except ModuleNotFoundError:
        return False


def install_facades() -> None:
    """Make the names importable; does nothing the second time."""
    if any(isinstance(finder, _FacadeFinder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _FacadeFinder())
    ours, theirs = importlib.import_module(_OURS), importlib.import_module(f"{_SHIMS}.{_OURS}")
    vars(ours)["__getattr__"] = theirs.__getattr__
