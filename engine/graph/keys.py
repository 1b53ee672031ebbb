"""The content key of every node, in one pass: equal keys mean equal outputs, whatever the file, ids or titles.

A key is the blake2b hash of the node's type, its literals, its fingerprint, and for each link the key upstream and the
output's index. Nothing here runs a node: fingerprints are computed by the caller.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, cast

from engine.graph.plan import order_upstream
from engine.graph.registry import Registry
from engine.graph.workflow import Link, Node, Workflow

_KEY_BYTES = 20
_PLAIN = frozenset({str, int, bool, type(None)})


def content_keys(
    workflow: Workflow,
    registry: Registry,
    fingerprints: Mapping[str, Any],
    *,
    targets: Iterable[str] | None = None,
    known: Mapping[str, bytes] | None = None,
    positions: Mapping[str, int] | None = None,
) -> dict[str, bytes]:
    """The key of each target and of every node upstream of one.

    Args:
        workflow: Validated, so that equal values are written equally (`20`, not `"20"`).
        registry: Says which types share no results between nodes.
        fingerprints: By node id, what else its key must include. One that does not equal itself (NaN) or that has no
            stable text gives a key that never comes again.
        targets: None means every node.
        known: Keys computed before, by node id; used as they are, not returned again.
        positions: As for `order_upstream`.

    Returns:
        Keys of 20 bytes by node id, sources first.

    Raises:
        WorkflowError: as `order_upstream`.
    """
    before = known or {}
    keys: dict[str, bytes] = {}
    wanted = workflow.nodes if targets is None else targets
    for node_id in order_upstream(workflow, wanted, done=before, positions=positions):
        node = workflow.nodes[node_id]
        parts = _describe(node, keys, before)
        if node_id in fingerprints:
            parts.append(("fingerprint", _canonical(fingerprints[node_id])))
        definition = registry.get(node.type)
        if definition is not None and definition.per_node:
            parts.append(("node", node_id))
        keys[node_id] = _digest(parts)
    return keys


def _digest(parts: list[Any]) -> bytes:
    try:
        text = repr(parts)
    except ValueError:  # an integer of more digits than Python writes
        text = repr(_never_again())
    return blake2b(text.encode(), digest_size=_KEY_BYTES).digest()


def _describe(node: Node, keys: Mapping[str, bytes], before: Mapping[str, bytes]) -> list[Any]:
    """All that the node's output depends on, as a list whose `repr` differs wherever the content does.

    Plain scalars stand for themselves, as their `repr` tells 1, 1.0, True and "1" apart; everything else is a tuple.
    """
    inputs = node.inputs
    parts: list[Any] = [node.type]
    for name in sorted(inputs):
        value = inputs[name]
        parts.append(name)
        if type(value) is Link:
            source = value.node_id
            parts.append((keys.get(source) or before[source], value.output))
        else:
            parts.append(value if type(value) in _PLAIN else _canonical(value))
    return parts


def _canonical(value: Any) -> Any:
    """A value whose `repr` is stable, differs where the content does, and never repeats for what has no such text."""
    if type(value) in _PLAIN:
        return value
    if type(value) is float:
        return value if value == value else _never_again()
    try:
        return ("json", json.dumps(value, sort_keys=True, allow_nan=False, default=_encode_other))
    except (TypeError, ValueError, RecursionError):
        return _never_again()


def _encode_other(value: object) -> Any:
    """What JSON lacks and fingerprints use."""
    if isinstance(value, bytes | bytearray):
        return {"bytes": value.hex()}
    if isinstance(value, set | frozenset):
        return {"set": sorted(cast("set[Any]", value))}
    if isinstance(value, os.PathLike):
        return {"path": os.fspath(cast("os.PathLike[str]", value))}
    raise TypeError(f"{type(value).__name__} has no stable text")


def _never_again() -> tuple[str, bytes]:
    return ("unique", os.urandom(16))
