from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.errors import CheckpointError, InputValueError, text_of
from engine.execution.calls import WrongResultError
from engine.execution.failures import describe, describe_inputs, make_node_error, memory_shortage
from engine.graph.workflow import Node

NODE = Node("3", "KSampler", title="Second pass")


class Mute(Exception):
    def __str__(self) -> str:
        raise KeyboardInterrupt


class Evil:
    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(name)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputValueError("'mask' is empty."), "'mask' is empty."),
        (CheckpointError("a.safetensors", "it is truncated."), "a.safetensors: it is truncated."),
        (ValueError("bad"), "ValueError: bad"),
        (ValueError(), "ValueError."),
        (Mute(), "Mute: its text cannot be shown, as its __str__ raises."),
        (SystemExit(3), "SystemExit: 3"),
        (WrongResultError("it returned 1 outputs"), "the node is at fault: it returned 1 outputs."),
    ],
)
def test_the_message_names_the_node_and_says_what_happened(error: BaseException, said: str):
    made = make_node_error(NODE, error)
    assert str(made) == f"Node '3' (KSampler, titled 'Second pass'): {said}"
    assert (made.node_id, made.node_type, made.title) == ("3", "KSampler", "Second pass")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.zeros(1, 4, 8, 8, dtype=torch.float16), "float16 [1, 4, 8, 8] on cpu"),
        (np.zeros((2, 3)), "float64 [2, 3] on cpu"),
        (
            {"samples": torch.zeros(2), "nested": {"a": 1}},
            "{samples: float32 [2] on cpu, nested: an object with 1 key}",
        ),
        ({str(i): i for i in range(9)}, "{0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, ...}"),
        ("short", "'short'"),
        (None, "null"),
        ([1, 2], "a list of 2 values"),
    ],
)
def test_values_in_a_few_words(value: Any, text: str):
    assert describe(value) == text


def test_long_values_stay_short():
    assert len(describe("x" * 10_000)) < 200
    assert describe_inputs({"a": [1], "b": [1, 2], "c": []}) == {"a": "1", "b": "2 values, first 1", "c": "no values"}


@pytest.mark.parametrize(
    ("error", "place"),
    [
        (MemoryError(), "host"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "host"),
        (torch.OutOfMemoryError("CUDA out of memory"), "accelerator"),
        (RuntimeError("sizes don't match"), None),
        (None, None),
    ],
)
def test_where_memory_ran_out(error: BaseException | None, place: str | None):
    assert memory_shortage(error) == place


def test_what_fails_when_it_is_looked_at_is_named_by_its_type():
    assert describe(Evil()) == "an object of type Evil"
    assert describe({"evil": Evil()}) == "{evil: an object of type Evil}"


def test_long_texts_of_exceptions_are_cut():
    assert text_of(ValueError("x" * 10_001)) == "x" * 10_000 + "... (10001 characters)"
    assert text_of(ValueError("x" * 10_000)) == "x" * 10_000
