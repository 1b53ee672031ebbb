"""Blending, blurring, sharpening, fewer colours, morphology: the nodes hand on what they are given."""

from __future__ import annotations

import torch

from engine.images.blend import blend
from engine.images.filters import blur, sharpen
from engine.images.quantize import quantize
from nodes.image_postprocessing import image_blend, image_blur, image_quantize, image_sharpen, morphology
from tests.nodes.pictures import picture, row


def test_each_is_what_the_engine_does() -> None:
    a, b = picture(9, 8, batch=2), picture(9, 8, seed=1)
    mixed = image_blend(image1=a, image2=b, blend_factor=0.3, blend_mode="overlay")
    assert torch.equal(mixed, blend(a, b, 0.3, "overlay"))
    assert torch.equal(image_blur(image=a, blur_radius=2, sigma=0.5), blur(a, 2, 0.5))
    assert torch.equal(image_sharpen(image=a, sharpen_radius=2, sigma=0.5, alpha=0.1), sharpen(a, 2, 0.5, 0.1))
    assert torch.equal(image_quantize(image=a, colors=5, dither="bayer-4"), quantize(a, 5, "bayer-4"))
    assert a._version == b._version == 0


def test_morphology_by_hand() -> None:
    image = row(0.0, 0.0, 1.0, 0.0, 0.0, 0.5)
    for operation, expected in {
        "dilate": [0.0, 1.0, 1.0, 1.0, 0.5, 0.5],
        "erode": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "close": [0.0, 0.0, 1.0, 0.5, 0.5, 0.5],
        "top_hat": [0.0, 0.0, 1.0, 0.0, 0.0, 0.5],
    }.items():
        got = morphology(image=image, operation=operation, kernel_size=3)
        assert got.shape == image.shape
        assert got[0, 0, :, 1].tolist() == expected
