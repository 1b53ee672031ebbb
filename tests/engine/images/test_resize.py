"""Resizing: laws that every method keeps, hand-computed cases, and agreement with Pillow and with geometry."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.errors import InputValueError
from engine.images.resize import (
    ImageMethod,
    LatentMethod,
    crop_to_aspect,
    resize,
    resize_image,
    resize_masks,
    scaled_size,
    slerp,
)

METHODS: list[ImageMethod | LatentMethod] = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos", "bislerp"]
SIDES = st.integers(1, 12)


@given(st.sampled_from(METHODS), SIDES, SIDES, SIDES, SIDES, st.sampled_from(["disabled", "center"]))
@settings(max_examples=120, deadline=None)
def test_any_size_to_any_size(method: ImageMethod, w: int, h: int, width: int, height: int, crop: str) -> None:
    samples = torch.rand(2, 3, h, w)
    before = samples.clone()
    resized = resize(samples, width, height, method, "center" if crop == "center" else "disabled")
    assert resized.shape == (2, 3, height, width)
    assert resized.dtype == samples.dtype
    assert torch.equal(samples, before)
    assert samples._version == 0


@pytest.mark.parametrize("method", METHODS)
def test_one_colour_stays(method: ImageMethod) -> None:
    samples = torch.tensor([0.2, 0.4, 0.8]).view(1, 3, 1, 1).expand(1, 3, 7, 5)
    for width, height in ((3, 4), (11, 9), (1, 1)):
        resized = resize(samples, width, height, method)
        assert torch.allclose(resized, samples[..., :1, :1].expand_as(resized), atol=1 / 255)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_size_is_the_same_picture(method: ImageMethod) -> None:
    samples = torch.rand(1, 3, 5, 4) * 3 - 1
    assert resize(samples, 4, 5, method) is samples


@pytest.mark.parametrize("method", METHODS)
def test_mirrored_in_mirrored_out(method: ImageMethod) -> None:
    samples = (torch.rand(1, 3, 6, 6) * 255).round() / 255
    for width, height in ((12, 9), (4, 3)):
        straight = resize(samples, width, height, method)
        mirrored = resize(samples.flip(-1).flip(-2), width, height, method).flip(-1).flip(-2)
        tolerance = 1.5 / 255 if method == "lanczos" else 1e-5
        if method != "nearest-exact":
            assert torch.allclose(straight, mirrored, atol=tolerance)


def test_by_hand() -> None:
    row = torch.tensor([[[[0.0, 1.0]]]])
    assert resize(row, 4, 1, "nearest-exact").flatten().tolist() == [0, 0, 1, 1]
    assert resize(row, 4, 1, "bilinear").flatten().tolist() == [0, 0.25, 0.75, 1]
    assert resize(row, 1, 1, "area").item() == 0.5
    assert resize(row, 4, 1, "bislerp").flatten().tolist() == [0, 0.25, 0.75, 1]


def test_lanczos_is_pillows() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    expected = np.array(Image.fromarray(pixels).resize((15, 4), Image.Resampling.LANCZOS))
    got = resize_image(torch.tensor(pixels[None] / 255.0).float(), 15, 4, "lanczos")
    assert np.array_equal((got[0] * 255).round().numpy(), expected)


def test_images_and_masks_are_resized_alike() -> None:
    image = torch.rand(2, 4, 6, 3)
    resized = resize_image(image, 9, 5, "bicubic")
    assert torch.equal(resized[..., 1], resize_masks(image[..., 1], 9, 5, "bicubic"))
    assert resized.is_contiguous()
    assert resize_image(image, 6, 4) is image


def test_bad_sizes_and_methods() -> None:
    for width, height in ((0, 4), (4, 0), (-1, 4)):
        with pytest.raises(InputValueError, match="at least 1"):
            resize(torch.rand(1, 3, 4, 4), width, height, "area")
    with pytest.raises(InputValueError, match="'magic'"):
        resize(torch.rand(1, 3, 4, 4), 2, 2, "magic")  # pyright: ignore[reportArgumentType]


# -- proportions -----------------------------------------------------------------------------------------------------


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_the_cropped_part_is_central_and_fits(w: int, h: int, width: int, height: int) -> None:
    part = crop_to_aspect(torch.arange(w * h).view(h, w), width, height)
    assert part.numel()
    assert part.shape[0] == h or part.shape[1] == w
    top, left = divmod(int(part[0, 0]), w)
    bottom, right = divmod(int(part[-1, -1]), w)
    assert (top, left) == (h - 1 - bottom, w - 1 - right)
    assert abs(part.shape[1] - max(1, min(w, h * width / height))) <= 1 + 1e-6
    assert abs(part.shape[0] - max(1, min(h, w * height / width))) <= 1 + 1e-6


def test_cropping_by_hand() -> None:
    picture = torch.arange(8.0).view(1, 1, 2, 4)
    assert crop_to_aspect(picture, 512, 512).flatten().tolist() == [1, 2, 5, 6]
    assert crop_to_aspect(picture, 100, 50) is not None
    assert crop_to_aspect(picture, 100, 50).shape == picture.shape
    assert resize(picture, 2, 2, "area", "center").flatten().tolist() == [1, 2, 5, 6]


def test_zero_keeps_proportions() -> None:
    assert scaled_size(100, 50, 0, 0) == (100, 50)
    assert scaled_size(100, 50, 40, 0) == (40, 20)
    assert scaled_size(100, 50, 0, 40) == (80, 40)
    assert scaled_size(100, 50, 7, 9) == (7, 9)
    assert scaled_size(1000, 1, 5, 0) == (5, 1)


# -- bislerp ---------------------------------------------------------------------------------------------------------


@given(st.floats(0, 1), st.floats(0.1, 5), st.floats(0.1, 5), st.floats(0.01, 3.1))
def test_slerp_turns_evenly(t: float, length_a: float, length_b: float, angle: float) -> None:
    a = length_a * torch.tensor([1.0, 0.0]).view(1, 2, 1, 1)
    b = length_b * torch.tensor([math.cos(angle), math.sin(angle)]).view(1, 2, 1, 1)
    got = slerp(a, b, torch.tensor(t)).flatten()
    length = length_a + t * (length_b - length_a)
    expected = length * torch.tensor([math.cos(t * angle), math.sin(t * angle)])
    assert torch.allclose(got, expected, atol=1e-3)


def test_slerp_where_there_is_no_angle() -> None:
    a = torch.tensor([[1.0, 2.0], [0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]).view(4, 2, 1, 1)
    b = torch.tensor([[3.0, 6.0], [1.0, 1.0], [-1.0, 0.0], [0.0, 0.0]]).view(4, 2, 1, 1)
    assert torch.equal(slerp(a, b, torch.tensor(0.5)), (a + b) / 2)


def test_bislerp_keeps_the_strength_of_noise() -> None:
    """That is what it is for: bilinear interpolation of independent values shrinks them."""
    noise = torch.randn(1, 4, 32, 32, generator=torch.Generator().manual_seed(0))
    assert resize(noise, 64, 64, "bislerp").std() > 0.9
    assert resize(noise, 64, 64, "bilinear").std() < 0.75


def test_bislerp_of_half_precision() -> None:
    assert resize(torch.randn(1, 4, 3, 3).half(), 6, 6, "bislerp").dtype == torch.float16
