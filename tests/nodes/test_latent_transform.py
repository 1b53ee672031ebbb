from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.types import Latent
from nodes.latent_transform import latent_crop, latent_flip, latent_rotate
from tests.nodes.unchanged import unchanged


def latent(height: int = 10, width: int = 12) -> Latent:
    return {"samples": torch.arange(4.0 * height * width).reshape(1, 4, height, width), "batch_index": [2]}


def test_four_quarter_turns_are_none() -> None:
    given = latent()
    turned = given
    with unchanged(given):
        for _ in range(4):
            turned = latent_rotate(samples=turned, rotation="90 degrees")
    assert torch.equal(turned["samples"], given["samples"])
    assert turned.get("batch_index") == [2]


def test_turns_go_clockwise() -> None:
    old = latent()["samples"]
    turned = latent_rotate(samples=latent(), rotation="90 degrees")["samples"]
    assert torch.equal(turned[..., 0, -1], old[..., 0, 0])
    assert torch.equal(latent_rotate(samples=latent(), rotation="180 degrees")["samples"], old.flip(2, 3))
    back = latent_rotate(samples={"samples": turned}, rotation="270 degrees")["samples"]
    assert torch.equal(back, old)
    assert torch.equal(latent_rotate(samples=latent(), rotation="none")["samples"], old)


@pytest.mark.parametrize(("method", "side"), [("x-axis: vertically", 2), ("y-axis: horizontally", 3)])
def test_flips(method: Any, side: int) -> None:
    given = latent()
    with unchanged(given):
        flipped = latent_flip(samples=given, flip_method=method)["samples"]
    assert torch.equal(flipped, given["samples"].flip(side))


@pytest.mark.parametrize(
    ("width", "height", "x", "y", "rows", "columns"),
    [
        (64, 64, 0, 0, (0, 8), (0, 8)),
        (64, 64, 16, 8, (1, 9), (2, 10)),
        (512, 512, 0, 0, (0, 10), (0, 12)),
        (512, 512, 16384, 16384, (2, 10), (4, 12)),
        (71, 64, 15, 0, (0, 8), (1, 9)),
    ],
)
def test_crops(width: int, height: int, x: int, y: int, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    given = latent()
    with unchanged(given):
        part = latent_crop(samples=given, width=width, height=height, x=x, y=y)["samples"]
    assert torch.equal(part, given["samples"][..., slice(*rows), slice(*columns)])


def test_crops_of_small_latents_are_never_empty() -> None:
    given = latent(3, 5)
    assert latent_crop(samples=given, width=64, height=64, x=800, y=800)["samples"].shape == (1, 4, 3, 5)
