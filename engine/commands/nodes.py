"""`nodes [NAME]`: the node types that there are, or everything about one."""

from __future__ import annotations

import argparse
import json
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from engine.commands import DONE
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.graph.schema import Input, NodeDef

SUMMARY = "list the node types, or describe one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="describe this node type")
    parser.add_argument("--json", action="store_true", help="print the records of /object_info")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Print the list or the description.

    Raises:
        WorkflowError: if there is no node type of that name; names the nearest.
    """
    from engine.commands.opening import open_engine

    engine = open_engine(settings)
    chosen = [engine.registry.require(options.name)] if options.name else list(engine.registry)
    if options.json:
        print(json.dumps({definition.type: engine.object_info(definition.type) for definition in chosen}, indent=2))
    elif options.name:
        _describe(chosen[0], engine.object_info(options.name))
    else:
        _list(chosen)
    return DONE


def _list(definitions: list[NodeDef]) -> None:
    by_category = sorted(definitions, key=lambda definition: (definition.category, definition.type))
    for category, members in groupby(by_category, key=lambda definition: definition.category):
        print(f"{category}:")
        for definition in members:
            print(f"  {definition.type:32} {definition.description.partition('. ')[0].rstrip('.')}")


def _describe(definition: NodeDef, record: dict[str, Any]) -> None:
    print(f"{definition.type}  ({definition.display_name}; {definition.category})")
    if definition.description:
        print(f"\n{definition.description}")
    if definition.inputs:
        print("\nInputs:")
    for declared in definition.inputs:
        spec = record["input"][declared.kind][declared.name]
        optional = ", optional" if declared.kind == "optional" else ""
        print(f"  {declared.name:24} {declared.type}{optional}{_limits(declared, spec)}")
        if declared.tooltip:
            print(f"  {'':24} {declared.tooltip}")
    if definition.outputs:
        print("\nOutputs:")
    for output in definition.outputs:
        print(f"  {output.name:24} {output.type}{' (list)' if output.is_list else ''}")


def _limits(declared: Input, spec: list[Any]) -> str:
    parts: list[str] = []
    options: dict[str, Any] = spec[1] if len(spec) > 1 else {}
    if "default" in options:
        parts.append(f"default {options['default']!r}")
    if declared.number is not None and declared.number.min is not None:
        parts.append(f"{declared.number.min} to {declared.number.max}")
    choices = cast(list[object], spec[0] if isinstance(spec[0], list) else options.get("options", []))
    if choices:
        parts.append("one of " + ", ".join(map(str, choices)))
    return "".join(f", {part}" for part in parts)
