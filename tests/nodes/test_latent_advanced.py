from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine import Context, InputValueError, Settings
from engine.images.resize import resize
from engine.sampling.latent_operations import interpolate
from engine.types import Latent
from nodes.latent_advanced import (
    latent_add,
    latent_batch_seed_behavior,
    latent_concat,
    latent_cut,
    latent_interpolate,
    latent_multiply,
    latent_subtract,
)
from tests.nodes.unchanged import unchanged

CTX = Context.standalone(Settings(device="cpu", max_image_pixels=2**18))


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def latent(*shape: int, seed: int = 0, **more: Any) -> Latent:
    value: Any = {"samples": random(*shape, seed=seed), **more}
    return value


def test_arithmetic() -> None:
    a, b = latent(2, 4, 8, 8, batch_index=[1, 2]), latent(2, 4, 8, 8, seed=1)
    first, second = a["samples"], b["samples"]
    with unchanged(a, b):
        assert torch.equal(latent_add(samples1=a, samples2=b)["samples"], first + second)
        assert torch.equal(latent_subtract(samples1=a, samples2=b)["samples"], first - second)
        assert torch.equal(latent_multiply(samples=a, multiplier=-2.5)["samples"], first * -2.5)
        between = latent_interpolate(samples1=a, samples2=b, ratio=0.25)
    assert torch.equal(between["samples"], interpolate(first, second, 0.25))
    assert between.get("batch_index") == [1, 2]


@pytest.mark.parametrize("node", [latent_add, latent_subtract, latent_interpolate])
def test_the_second_is_fitted_to_the_first(node: Any) -> None:
    more = {"ratio": 0.5} if node is latent_interpolate else {}
    a, b = latent(3, 4, 8, 8), latent(2, 4, 6, 12, seed=1)
    fitted = resize(b["samples"], 8, 8, "bilinear", "center")[[0, 1, 0]]
    expected = node(samples1=a, samples2={"samples": fitted}, **more)["samples"]
    assert torch.equal(node(samples1=a, samples2=b, **more)["samples"], expected)
    with pytest.raises(InputValueError, match="samples2: 4 channels were expected, not 16"):
        node(samples1=a, samples2=latent(1, 16, 8, 8), **more)


@pytest.mark.parametrize(("dim", "axis"), [("x", 3), ("y", 2)])
def test_concat(dim: Any, axis: int) -> None:
    a, b = latent(2, 4, 8, 8), latent(1, 4, 8, 8, seed=1)
    first, second = a["samples"], b["samples"].repeat(2, 1, 1, 1)
    with unchanged(a, b):
        after = latent_concat(samples1=a, samples2=b, dim=dim, ctx=CTX)["samples"]
        before: Any = f"-{dim}"
        assert torch.equal(after, torch.cat([first, second], dim=axis))
        assert torch.equal(
            latent_concat(samples1=a, samples2=b, dim=before, ctx=CTX)["samples"], torch.cat([second, first], dim=axis)
        )


@pytest.mark.parametrize("dim", ["x", "-y"])
def test_concat_refuses_what_is_too_large(dim: Any) -> None:
    half = latent(1, 4, 64, 64)
    with pytest.raises(InputValueError, match=r"samples2: .* is more than the 262144 pixels"):
        latent_concat(samples1=half, samples2=half, dim=dim, ctx=CTX)


def test_concat_of_what_does_not_fit() -> None:
    with pytest.raises(InputValueError, match="samples2: to put it beside"):
        latent_concat(samples1=latent(1, 4, 8, 8), samples2=latent(1, 4, 7, 8), dim="x", ctx=CTX)
    assert (
        latent_concat(samples1=latent(1, 4, 8, 8), samples2=latent(1, 4, 7, 8), dim="y", ctx=CTX)["samples"].shape[2]
        == 15
    )


@pytest.mark.parametrize("dim", ["t", "-t"])
def test_images_have_no_time(dim: Any) -> None:
    with pytest.raises(InputValueError, match=r"dim: -?t is the time of a video"):
        latent_concat(samples1=latent(1, 4, 8, 8), samples2=latent(1, 4, 8, 8), dim=dim, ctx=CTX)
    with pytest.raises(InputValueError, match="dim: t is the time of a video"):
        latent_cut(samples=latent(1, 4, 8, 8), dim="t", index=0, amount=1)


@pytest.mark.parametrize(
    ("index", "amount", "expected"),
    [(0, 1, [0]), (2, 3, [2, 3, 4]), (6, 5, [6, 7]), (99, 5, [7]), (-2, 1, [6]), (-2, 9, [6, 7]), (-99, 2, [0, 1])],
)
def test_cut(index: int, amount: int, expected: list[int]) -> None:
    given = latent(1, 4, 8, 8)
    with unchanged(given):
        rows = latent_cut(samples=given, dim="y", index=index, amount=amount)["samples"]
        columns = latent_cut(samples=given, dim="x", index=index, amount=amount)["samples"]
    assert torch.equal(rows, given["samples"][:, :, expected])
    assert torch.equal(columns, given["samples"][..., expected])


def test_seed_behavior() -> None:
    plain, drawn = latent(3, 4, 8, 8), latent(3, 4, 8, 8, batch_index=[5, 6, 7])
    with unchanged(plain, drawn):
        assert latent_batch_seed_behavior(samples=plain, seed_behavior="fixed").get("batch_index") == [0, 0, 0]
        assert latent_batch_seed_behavior(samples=drawn, seed_behavior="fixed").get("batch_index") == [5, 5, 5]
        assert "batch_index" not in latent_batch_seed_behavior(samples=drawn, seed_behavior="random")
