"""Registry: node declarations by type name. Filled by whoever composes the engine; nothing registers on import."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import ModuleType

from engine.errors import PackError, WorkflowError
from engine.graph.json_values import show
from engine.graph.schema import NodeDef

_LONGEST_NAME_COMPARED = 100
_RENAMED_TYPES = {
    "T2IAdapterLoader": "ControlNetLoader",
    "ConditioningAverage ": "ConditioningAverage",
    "SDV_img2vid_Conditioning": "SVD_img2vid_Conditioning",
}
"""Old names of node types that files still use."""


class Registry:
    """Node declarations by type name, in the order in which they were added."""

    def __init__(self, definitions: Iterable[NodeDef] = ()) -> None:
        self._definitions: dict[str, NodeDef] = {}
        for definition in definitions:
            self.add(definition)

    @classmethod
    def collect(cls, *packages: str) -> Registry:
        """Every `NodeDef` at module level in these packages (or modules) and all modules below them.

        Args:
            packages: Importable names, such as `nodes`.

        Raises:
            PackError: if two modules declare the same type.
        """
        registry = cls()
        for package in packages:
            for module in _import_tree(package):
                for value in list(vars(module).values()):
                    if isinstance(value, NodeDef):
                        registry.add(value)
        return registry

    def add(self, definition: NodeDef) -> None:
        """Add a declaration; adding the same one again changes nothing.

        Raises:
            PackError: if another declaration has the same type; names both modules.
        """
        present = self._definitions.setdefault(definition.type, definition)
        if present is not definition:
            raise PackError(
                f"Node type {definition.type!r} is declared twice: in {present.module or 'an unnamed module'} and in"
                f" {definition.module or 'an unnamed module'}."
            )

    def replace(self, definition: NodeDef) -> None:
        """Put another declaration in the place of the one of the same type.

        Raises:
            KeyError: if there is none.
        """
        if definition.type not in self._definitions:
            raise KeyError(definition.type)
        self._definitions[definition.type] = definition

    def renew(self, type_names: Iterable[str]) -> None:
        """Bring the declarations of these types up to date, where they change with the world."""
        for type_name in type_names:
            definition = self._definitions.get(type_name)
            if definition is not None and definition.renew is not None:
                self._definitions[type_name] = definition.renew()

    def get(self, type_name: str) -> NodeDef | None:
        """The declaration of a type, or None."""
        return self._definitions.get(type_name)

    def current_name(self, type_name: str) -> str:
        """The name under which a type is known now, where files may use an old one."""
        return type_name if type_name in self._definitions else _RENAMED_TYPES.get(type_name, type_name)

    def require(self, type_name: str) -> NodeDef:
        """The declaration of a type.

        Raises:
            WorkflowError: if there is none; names the nearest ones.
        """
        definition = self._definitions.get(type_name)
        if definition is None:
            raise WorkflowError(
                f"There is no node type {show(type_name)}.{self.hint(type_name)}", code="missing_node_type"
            )
        return definition

    def hint(self, type_name: str) -> str:
        """' Did you mean ...?', or nothing if no known name is near."""
        near = self.nearest(type_name)
        return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""

    def nearest(self, type_name: str, count: int = 3) -> list[str]:
        """Known type names that look like this one, best first; case does not matter."""
        by_lower = {name.lower(): name for name in self._definitions}
        wanted = type_name[:_LONGEST_NAME_COMPARED].lower()
        return [by_lower[name] for name in difflib.get_close_matches(wanted, by_lower, count)]

    def __getitem__(self, type_name: str) -> NodeDef:
        return self._definitions[type_name]

    def __contains__(self, type_name: object) -> bool:
        return type_name in self._definitions

    def __iter__(self) -> Iterator[NodeDef]:
        return iter(self._definitions.values())

    def __len__(self) -> int:
        return len(self._definitions)


def _import_tree(name: str) -> Iterator[ModuleType]:
    """A module and, if it is a package, all modules below it, in the order of their names."""
    module = import_module(name)
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        yield from _import_tree(found.name)
