from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine import Context, InputValueError, Settings
from engine.images.resize import resize
from engine.types import Latent
from nodes.latent_batch import latent_batch, latent_from_batch, rebatch_latents, repeat_latent_batch
from tests.nodes.unchanged import unchanged

CTX = Context.standalone(Settings(device="cpu", max_image_pixels=2**18))


def latent(length: int, height: int = 2, width: int = 2, start: float = 0.0, **more: Any) -> Latent:
    """Each latent is full of a number: start, start + 1, ..."""
    samples = torch.arange(float(start), start + length)[:, None, None, None].repeat(1, 4, height, width)
    value: Any = {"samples": samples, **more}
    return value


def numbers(samples: Tensor) -> list[float]:
    return [float(item.mean()) for item in samples]


def masks(*values: float) -> Tensor:
    return torch.tensor(values)[:, None, None, None].repeat(1, 1, 16, 16)


# -- from, repeat ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "length", "expected"), [(0, 1, [0]), (1, 2, [1, 2]), (2, 9, [2, 3]), (63, 1, [3]), (63, 64, [3])]
)
def test_from_batch_keeps_the_noise(index: int, length: int, expected: list[int]) -> None:
    batch = latent(4, noise_mask=masks(0.0, 0.1, 0.2, 0.3))
    with unchanged(batch):
        part = latent_from_batch(samples=batch, batch_index=index, length=length)
    assert numbers(part["samples"]) == expected
    assert part.get("batch_index") == expected
    assert torch.equal(part.get("noise_mask", torch.empty(0)), batch.get("noise_mask", torch.empty(0))[expected])


def test_from_batch_of_a_part_keeps_the_first_draws() -> None:
    part = latent_from_batch(samples=latent(4, batch_index=[7, 3, 9, 9]), batch_index=1, length=2)
    assert part.get("batch_index") == [3, 9]


def test_one_mask_counts_for_every_part() -> None:
    mask = masks(0.5)
    assert latent_from_batch(samples=latent(4, noise_mask=mask), batch_index=2, length=1).get("noise_mask") is mask
    assert repeat_latent_batch(samples=latent(4, noise_mask=mask), amount=2, ctx=CTX).get("noise_mask") is mask


def test_fewer_masks_than_latents_start_over() -> None:
    part = latent_from_batch(samples=latent(4, noise_mask=masks(0.1, 0.2)), batch_index=2, length=2)
    assert torch.equal(part.get("noise_mask", torch.empty(0)), masks(0.1, 0.2))


def test_repeat_gives_every_copy_noise_of_its_own() -> None:
    batch = latent(2, noise_mask=masks(0.1, 0.2), batch_index=[3, 5])
    with unchanged(batch):
        repeated = repeat_latent_batch(samples=batch, amount=3, ctx=CTX)
    assert numbers(repeated["samples"]) == [0, 1, 0, 1, 0, 1]
    assert repeated.get("batch_index") == [3, 5, 6, 8, 9, 11]
    assert torch.equal(repeated.get("noise_mask", torch.empty(0)), masks(0.1, 0.2, 0.1, 0.2, 0.1, 0.2))
    assert "batch_index" not in repeat_latent_batch(samples=latent(2), amount=3, ctx=CTX)


def test_repeating_beyond_the_limit_is_refused() -> None:
    with pytest.raises(InputValueError, match=r"^amount: "):
        repeat_latent_batch(samples=latent(64, 8, 8), amount=64, ctx=CTX)


# -- batch -------------------------------------------------------------------------------------------------------------


def test_batch_puts_one_behind_the_other() -> None:
    a, b = latent(2, batch_index=[4, 4]), latent(3, start=10)
    with unchanged(a, b):
        both = latent_batch(samples1=a, samples2=b, ctx=CTX)
    assert numbers(both["samples"]) == [0, 1, 10, 11, 12]
    assert both.get("batch_index") == [4, 4, 0, 1, 2]


def test_batch_refuses_what_is_too_large() -> None:
    half = latent(32, 8, 8)
    assert len(latent_batch(samples1=half, samples2=half, ctx=CTX)["samples"]) == 64
    with pytest.raises(InputValueError, match="samples2: 64 x 64 pixels, 65 times, is more than the 262144 pixels"):
        latent_batch(samples1=half, samples2=latent(33, 8, 8), ctx=CTX)


def test_batch_resizes_the_second() -> None:
    a: Latent = {"samples": torch.rand(1, 4, 6, 6)}
    b: Latent = {"samples": torch.rand(2, 4, 3, 9)}
    both = latent_batch(samples1=a, samples2=b, ctx=CTX)["samples"]
    assert torch.equal(both, torch.cat([a["samples"], resize(b["samples"], 6, 6, "bilinear", "center")]))
    with pytest.raises(InputValueError, match="samples2: 4 channels"):
        latent_batch(samples1=a, samples2={"samples": torch.zeros(1, 3, 6, 6)}, ctx=CTX)


# -- rebatch -----------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2)), min_size=1, max_size=5), st.integers(1, 5))
def test_rebatching_keeps_order_and_never_mixes_sizes(lengths: list[tuple[int, int]], size: int) -> None:
    start = 0
    given_latents: list[Latent] = []
    for length, height in lengths:
        given_latents.append(latent(length, height, start=start))
        start += length
    with unchanged(given_latents):
        batches = rebatch_latents(latents=given_latents, batch_size=size)
    items = [item for batch in batches for item in batch["samples"]]
    assert [float(item.mean()) for item in items] == list(range(start))
    assert [item.shape[1] for item in items] == [height for length, height in lengths for _ in range(length)]
    assert [index for batch in batches for index in batch.get("batch_index", [])] == list(range(start))
    for batch, following in zip(batches, [*batches[1:], None], strict=True):
        assert 1 <= len(batch["samples"]) <= size
        is_last_of_its_size = following is None or following["samples"].shape[2] != batch["samples"].shape[2]
        assert len(batch["samples"]) == size or is_last_of_its_size


def test_rebatching_keeps_masks_and_draws() -> None:
    batches = rebatch_latents(
        latents=[latent(2, batch_index=[8, 8]), latent(1, start=2, noise_mask=masks(0.5)), latent(1, start=3)],
        batch_size=3,
    )
    assert [batch.get("batch_index") for batch in batches] == [[8, 8, 9], [10]]
    assert torch.equal(batches[0].get("noise_mask", torch.empty(0)), masks(1.0, 1.0, 0.5))
    assert "noise_mask" not in batches[1]


def test_rebatching_masks_of_several_sizes() -> None:
    other = torch.full((1, 1, 8, 8), 0.25)
    (batch,) = rebatch_latents(latents=[latent(1, noise_mask=masks(0.5)), latent(1, noise_mask=other)], batch_size=2)
    assert torch.equal(batch.get("noise_mask", torch.empty(0)), masks(0.5, 0.25))
