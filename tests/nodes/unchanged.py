"""Holds nodes to their first rule: what they are given stays as it was."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any, cast

from torch import Tensor


def find_tensors(value: object) -> Iterable[Tensor]:
    """Every tensor in nested dictionaries, lists and tuples."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in cast("Mapping[Any, Any]", value).values():
            yield from find_tensors(item)
    elif isinstance(value, list | tuple):
        for item in cast("list[Any]", value):
            yield from find_tensors(item)


def _outline(value: object) -> object:
    """The containers without their tensors."""
    if isinstance(value, Mapping):
        return {key: _outline(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_outline(item) for item in cast("list[Any]", value)]
    return id(value) if isinstance(value, Tensor) else value


@contextmanager
def unchanged(*values: object) -> Generator[None]:
    """Within it, no tensor in the values is written to, and no container gets other content."""
    versions = [(tensor, tensor._version) for tensor in find_tensors(values)]
    outline = _outline(values)
    yield
    assert all(tensor._version == version for tensor, version in versions)
    assert _outline(values) == outline
