"""Lets packs import the modules that they know by name: `folder_paths`, `comfy.utils`, `nodes`, `server` and so on.

Each name leads to the module of the same name below `engine.compat.shims`. Nothing is installed before a pack is
loaded. `nodes` is the name of our own package, too; there, what packs look for is added beside what it has.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_SHIMS = "engine.compat.shims"
_OURS = "nodes"
_MEANT_TO_BE_REPLACED = frozenset({"calculate_sigmas", "args"})
log = logging.getLogger(__name__)


class _Facade(ModuleType):
    """A module whose functions packs may replace by their own; our engine does not call those, and the log says so."""

    def __setattr__(self, name: str, value: Any) -> None:
        before = vars(self).get(name, value)
        if before is not value and callable(before) and name not in _MEANT_TO_BE_REPLACED:
            module = self.__name__.removeprefix(f"{_SHIMS}.")
            log.warning("A pack puts its own %s into %s; our own nodes do not use it.", name, module)
        super().__setattr__(name, value)


class _FacadeLoader(Loader):
    """Gives the module below `shims` in place of a new one."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(f"{_SHIMS}.{spec.name}")
        module.__class__ = _Facade
        return module

    def exec_module(self, module: ModuleType) -> None:
        del module


class _FacadeFinder(MetaPathFinder):
    """Knows the names below `shims`; goes before the others, so that each facade is one module under both names."""

    def __init__(self) -> None:
        shims = importlib.import_module(_SHIMS)
        self._roots = {found.name for found in pkgutil.iter_modules(shims.__path__)} - {_OURS}

    def knows(self, name: str) -> bool:
        """Whether a module's name begins with one of ours."""
        return name.partition(".")[0] in self._roots

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if not self.knows(fullname) or not _exists(fullname):
            return None
        return ModuleSpec(fullname, _FacadeLoader())


def _exists(fullname: str) -> bool:
    try:
        return importlib.util.find_spec(f"{_SHIMS}.{fullname}") is not None
    except ModuleNotFoundError:
        return False


def is_facade(name: str) -> bool:
    """Whether a module's name is one of those that packs know, or lies below one."""
    return any(isinstance(finder, _FacadeFinder) and finder.knows(name) for finder in sys.meta_path)


def install_facades() -> None:
    """Make the names importable; does nothing the second time."""
    if any(isinstance(finder, _FacadeFinder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _FacadeFinder())
    ours, theirs = importlib.import_module(_OURS), importlib.import_module(f"{_SHIMS}.{_OURS}")
    vars(ours)["__getattr__"] = theirs.__getattr__
