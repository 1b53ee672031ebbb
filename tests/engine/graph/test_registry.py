"""Registry: collected from packages, never on import; a type has one declaration."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import PackError, WorkflowError
from engine.graph.registry import Registry
from tests.engine.graph.examples import REGISTRY, add, value

_MODULE = """
from engine.graph.node import node

@node("{type}", category="test")
def make(*, number: int) -> int:
    return number
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package `pack_of_nodes` with one node in `one.py` and one in `inner/two.py`."""
    root = tmp_path / "pack_of_nodes"
    (root / "inner").mkdir(parents=True)
    (root / "__init__.py").write_text("")
    (root / "inner" / "__init__.py").write_text("")
    (root / "one.py").write_text(_MODULE.format(type="One"))
    (root / "inner" / "two.py").write_text(
        _MODULE.format(type="Two") + "\nfrom pack_of_nodes.one import make as again\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield root
    for name in [name for name in sys.modules if name.startswith("pack_of_nodes")]:
        del sys.modules[name]


def test_a_package_is_searched_through(package: Path) -> None:
    registry = Registry.collect("pack_of_nodes")
    assert {definition.type: definition.module for definition in registry} == {
        "One": "pack_of_nodes.one",
        "Two": "pack_of_nodes.inner.two",
    }
    assert [definition.type for definition in Registry.collect("pack_of_nodes.one")] == ["One"]


def test_a_type_declared_twice_names_both_modules(package: Path) -> None:
    (package / "three.py").write_text(_MODULE.format(type="One"))
    with pytest.raises(PackError, match=r"'One'.*pack_of_nodes\.one.*pack_of_nodes\.three"):
        Registry.collect("pack_of_nodes")


def test_a_package_that_is_not_there() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_pack"):
        Registry.collect("no_such_pack")


def test_definitions_may_be_added_once() -> None:
    registry = Registry([value])
    registry.add(value)
    registry.add(add)
    with pytest.raises(PackError, match="'Add'"):
        registry.add(replace(add))
    assert (len(registry), list(registry), "Add" in registry, "Show" in registry) == (2, [value, add], True, False)
    assert registry["Add"] is registry.get("Add") is registry.require("Add") is add
    assert registry.get("Show") is None


def test_unknown_types_have_near_ones() -> None:
    assert REGISTRY.nearest("draw") == ["Draw"]
    assert REGISTRY.nearest("x" * 10**6) == []
    with pytest.raises(WorkflowError, match="Did you mean 'Save'") as caught:
        REGISTRY.require("Sabe")
    assert caught.value.wire_type == "missing_node_type"


def test_old_names() -> None:
    registry = Registry([replace(value, type="ControlNetLoader")])
    assert registry.current_name("T2IAdapterLoader") == "ControlNetLoader"
    registry.add(replace(value, type="T2IAdapterLoader"))
    assert registry.current_name("T2IAdapterLoader") == "T2IAdapterLoader"
    assert registry.current_name("Other") == "Other"
