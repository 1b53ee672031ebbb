"""What is said of values in a few characters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.execution.summaries import ValueSummary, describe, summarize
from engine.graph.schema import ExecutionBlocker


class Hostile:
    """Does what it can when it is looked at."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


class Odd(torch.Tensor):
    """A tensor that does not say its shape."""

    @property
    def shape(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        raise RuntimeError("none")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.zeros(1, 64, 64, 3), "1x64x64x3 fp32"),
        (torch.zeros(2, 3, dtype=torch.bfloat16), "2x3 bf16"),
        (torch.zeros(2, dtype=torch.float16), "2 fp16"),
        (torch.zeros(3, dtype=torch.int64), "3 int64"),
        (torch.zeros(3, dtype=torch.bool), "3 bool"),
        (torch.tensor(1.0), "fp32"),
        (np.zeros((4, 5), dtype=np.uint8), "4x5 uint8"),
        ({"samples": torch.zeros(1, 4, 8, 8), "noise_mask": torch.zeros(1, 1, 64, 64)}, "1x4x8x8 fp32"),
        ({"sample_rate": 44100, "waveform": torch.zeros(1, 2, 10)}, "1x2x10 fp32"),
        ([(torch.zeros(1, 77, 768), {})], "1x77x768 fp32"),
        ([[torch.zeros(1, 77, 768), {}]] * 2, "2 parts, 1x77x768 fp32"),
        ([1, 2, 3], "3 parts"),
        ([], "0 parts"),
        (42, "42"),
        (2**64 - 1, "18446744073709551615"),
        (True, "true"),
        (0.1, "0.1"),
        (None, "nothing"),
        ("a  fox\nin a field", '"a fox in a field"'),
        ({}, ""),
        (object(), ""),
        (ExecutionBlocker("why"), "blocked"),
    ],
)
def test_a_value_in_short(value: Any, text: str):
    assert describe(value) == text


def test_what_cannot_be_looked_at_says_nothing():
    assert describe(Hostile()) == ""
    assert describe(10**5000) == ""


def test_long_texts_are_cut():
    text = describe("fox " * 1000)
    assert len(text) <= 60
    assert text.endswith('…"')


def test_a_tensor_that_refuses_says_nothing():
    assert describe(torch.zeros(2).as_subclass(Odd)) == ""


def test_nothing_is_computed():
    # On this device there are no values: whoever asked for one would fail.
    assert describe(torch.zeros(2, 3, device="meta")) == "2x3 fp32"


def test_outputs_are_counted():
    values = [torch.zeros(1, 8, 8, 3)] * 4
    assert summarize((values, [], ["a"])) == (
        ValueSummary(4, "1x8x8x3 fp32"),
        ValueSummary(0, ""),
        ValueSummary(1, '"a"'),
    )
