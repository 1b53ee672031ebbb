from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from engine.execution import footprint
from engine.execution.footprint import CannotRelocateError, measure, relocate
from engine.memory.weights import Weights


class Pair(NamedTuple):
    first: Any
    second: Any


@dataclass(frozen=True)
class Held:
    value: Any


def tensor_bytes(*values: Any) -> int:
    return sum(measure(*values).storages.values())


def test_a_storage_counts_once_however_many_views_it_has():
    image = torch.zeros(4, 8, 8, 3)
    assert tensor_bytes(image, image[1:], [image.permute(0, 3, 1, 2)], {"a": image.view(-1)}) == 4 * 8 * 8 * 3 * 4
    assert tensor_bytes(image[:1]) == 4 * 8 * 8 * 3 * 4  # a view keeps the whole alive
    assert tensor_bytes(image, torch.zeros(3, dtype=torch.float16)) == 4 * 8 * 8 * 3 * 4 + 6


def test_tensors_are_found_inside_what_crosses_links():
    tensor = torch.zeros(10)
    conditioning = [(torch.zeros(1, 77, 8), {"pooled_output": torch.zeros(1, 8), "strength": 1.0})]
    assert tensor_bytes({"samples": tensor, "noise_mask": torch.zeros(5)}) == 60
    assert tensor_bytes(conditioning) == (77 * 8 + 8) * 4
    assert tensor_bytes(Pair(tensor, 1), Held({"deep": [[tensor]]}), {1: {2: torch.zeros(2)}}) == 48


def test_what_is_only_referred_to_counts_nothing():
    weights = Weights("unet", "unet", lambda dtype: nn.Linear(8, 8), torch.float32, 72)
    assert measure(weights, Held(weights), nn.Linear(8, 8), print, 3, None).storages == {}


def test_text_bytes_and_arrays_count_in_the_host():
    assert measure("x" * 100, b"y" * 50, np.zeros(10)).plain_bytes == 230
    assert measure(1, 2.0, None, True).plain_bytes == 0


def test_a_container_that_holds_itself_is_no_trouble():
    loop: list[Any] = [torch.zeros(5)]
    loop.append(loop)
    deep: Any = torch.zeros(5)
    for _ in range(100_000):
        deep = [deep]
    assert tensor_bytes(loop) == tensor_bytes(deep) == 20


def test_tensors_without_a_storage_are_no_trouble():
    assert tensor_bytes(torch.zeros(3, 3).to_sparse(), torch.zeros(3, device="meta"), torch.zeros(0)) == 0


@given(st.recursive(st.integers(0, 3), lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts)))
def test_relocating_gives_an_equal_value_in_other_memory(shape: Any):
    base = torch.arange(40.0)
    views = [base, base[4:20].view(4, 4).T, base[::3], torch.arange(5)]

    def build(part: Any) -> Any:
        if isinstance(part, int):
            return views[part]
        is_dict = hasattr(part, "items")
        built = {key: build(each) for key, each in (part.items() if is_dict else enumerate(part))}
        return built if is_dict else list(built.values())

    value = (build(shape), Pair("text", base))
    storages = measure(value).storages
    moved = relocate(value, dict.fromkeys(storages, "cpu"))
    assert str(moved) == str(value)
    assert type(moved[1]) is Pair
    assert not measure(moved).storages.keys() & storages.keys()
    assert sum(measure(moved).storages.values()) == sum(storages.values())  # views are views again
    assert relocate(value, {})[1].second is base


def in_a_set(tensor: torch.Tensor) -> dict[str, set[torch.Tensor]]:
    return {"set": {tensor}}


@pytest.mark.parametrize("wrap", [Held, nn.Parameter, in_a_set])
def test_what_cannot_be_made_again_is_not_relocated(wrap: Any):
    tensor = torch.zeros(3)
    targets = dict.fromkeys(measure(tensor).storages, "cpu")
    with pytest.raises(CannotRelocateError):
        relocate([wrap(tensor)], targets)
    assert relocate([wrap(torch.ones(3)), tensor], {})[1] is tensor


def test_without_torch_nothing_is_a_tensor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(footprint, "_tensor_type", lambda: None)
    assert measure([1, "abc"]).plain_bytes == 3
    assert relocate([1, "abc"], {}) == [1, "abc"]
