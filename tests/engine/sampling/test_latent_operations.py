from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.sampling.latent_operations import interpolate, sharpen, split_direction, tonemap_reinhard


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def lengths(x: Tensor) -> Tensor:
    return x.square().sum(dim=1).sqrt()


def test_directions_are_unit_vectors_and_zero_stays_zero() -> None:
    x = random(2, 4, 3, 3)
    x[0, :, 0, 0] = 0
    length, direction = split_direction(x)
    torch.testing.assert_close(length * direction, x)
    assert lengths(direction)[0, 0, 0] == 0
    torch.testing.assert_close(lengths(direction).flatten()[1:], torch.ones(17))


def test_interpolation_goes_from_one_to_the_other() -> None:
    a, b = random(1, 4, 5, 5), random(1, 4, 5, 5, seed=1)
    torch.testing.assert_close(interpolate(a, b, 1.0), a)
    torch.testing.assert_close(interpolate(a, b, 0.0), b)
    torch.testing.assert_close(lengths(interpolate(a, b, 0.3)), lengths(a) * 0.3 + lengths(b) * 0.7)
    torch.testing.assert_close(interpolate(a, a * 3, 0.5), a * 2)
    assert interpolate(a, -a, 0.5).isfinite().all()


@pytest.mark.parametrize("size", [(12, 12), (3, 20), (1, 1)])
def test_sharpening_is_the_identity_plus_what_differs_from_the_blurred(size: tuple[int, int]) -> None:
    x = random(2, 4, *size)
    torch.testing.assert_close(sharpen(x, 4, 1.0, 0.0), x)
    even = torch.tensor([1.0, -2, 0.5, 3])[None, :, None, None].expand(1, 4, *size)
    torch.testing.assert_close(sharpen(even, 4, 1.0, 2.0), even)
    assert sharpen(x, 31, 10.0, 5.0).isfinite().all()


def test_sharpening_by_hand() -> None:
    x = random(1, 4, 9, 9)
    radius, sigma, strength = 2, 1.5, 0.1
    offsets = torch.arange(-radius, radius + 1.0)
    kernel = torch.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).expand(4, 1, 5, 5)
    unit = x / lengths(x)[:, None]
    blurred = functional.conv2d(functional.pad(unit, (2, 2, 2, 2), "reflect"), kernel, groups=4)
    torch.testing.assert_close(sharpen(x, radius, sigma, strength), (unit + (unit - blurred)) * lengths(x)[:, None])


def test_tone_mapping_keeps_directions_and_order_and_limits_lengths() -> None:
    x = random(2, 4, 8, 8) * torch.linspace(0, 10, 8)
    mapped = tonemap_reinhard(x, 1.0)
    before, after = split_direction(x), split_direction(mapped)
    torch.testing.assert_close(before[1], after[1])
    limit = before[0].mean(dim=(1, 2, 3)) + 5 * before[0].std(dim=(1, 2, 3))
    assert (after[0].amax(dim=(1, 2, 3)) < limit).all()
    assert (after[0] <= before[0]).all()
    order = before[0][0].flatten().argsort()
    assert after[0][0].flatten()[order].diff().min() >= 0


def test_tone_mapping_at_the_limits() -> None:
    x = random(1, 4, 8, 8)
    assert torch.equal(tonemap_reinhard(x, 0.0), torch.zeros_like(x))
    assert torch.equal(tonemap_reinhard(torch.zeros_like(x), 1.0), torch.zeros_like(x))
    assert tonemap_reinhard(x[..., :1, :1], 1.0).isfinite().all()
    torch.testing.assert_close(tonemap_reinhard(x, 1e6), x, rtol=1e-4, atol=1e-4)


def test_nothing_is_written_into() -> None:
    x = random(1, 4, 8, 8)
    version = x._version
    interpolate(x, x, 0.5)
    sharpen(x, 2, 1.0, 1.0)
    tonemap_reinhard(x, 1.0)
    assert x._version == version
