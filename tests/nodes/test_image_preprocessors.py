"""Edges as a picture."""

from __future__ import annotations

import pytest
import torch

from engine import InputValueError
from nodes.image_preprocessors import canny
from tests.nodes.pictures import picture


def test_a_square_has_an_outline() -> None:
    image = torch.zeros(2, 32, 32, 3)
    image[:, 8:24, 8:24] = 1.0
    edges = canny(image=image, low_threshold=0.4, high_threshold=0.8)
    assert edges.shape == image.shape
    assert set(edges.unique().tolist()) == {0.0, 1.0}
    assert edges[0, 11:21, 11:21].sum() == 0
    assert 50 <= edges[0, ..., 0].sum() <= 70
    assert image._version == 1


def test_thresholds_the_wrong_way_round() -> None:
    with pytest.raises(InputValueError, match="low_threshold"):
        canny(image=picture(), low_threshold=0.8, high_threshold=0.4)
