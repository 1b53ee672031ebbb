"""Drawings: repeatable, flat, inside the picture, and in the colours asked for."""

import numpy as np
import pytest

from engine.training.illustrations import SIDE, draw_scene
from engine.training.scenes import COLOURS, FAMILIES, KINDS, Group, Scene


@pytest.mark.parametrize("family", FAMILIES)
def test_the_generator_decides_every_pixel(family: str):
    def draw(seed: int):
        rng = np.random.default_rng(seed)
        return draw_scene(FAMILIES[family](rng), rng)

    assert np.array_equal(draw(1), draw(1))
    assert not np.array_equal(draw(1), draw(2))
    assert draw(1).shape == (SIDE, SIDE, 3)
    assert draw(1).dtype == np.uint8


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", ["", "small", "large"])
def test_figures_stay_inside_and_edges_are_antialiased(kind: str, size: str):
    scene = Scene((Group(kind, "black", 1, size),), background="white")
    pixels = draw_scene(scene, np.random.default_rng(0))
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert (border == COLOURS["white"]).all()
    assert (pixels == COLOURS["black"]).all(axis=2).sum() > 100
    assert len(np.unique(pixels[..., 0])) > 3


def test_sizes_and_places_show():
    def area_and_centre(size: str, place: str):
        scene = Scene((Group("circle", "red", 1, size),), place=place, background="white")
        mask = (draw_scene(scene, np.random.default_rng(0)) == COLOURS["red"]).all(axis=2)
        rows, columns = np.nonzero(mask)
        return mask.sum(), columns.mean(), rows.mean()

    areas = [area_and_centre(size, "")[0] for size in ("small", "", "large")]
    assert areas == sorted(areas)
    middle = SIDE / 2
    assert area_and_centre("small", "left")[1] < middle < area_and_centre("small", "right")[1]
    assert area_and_centre("small", "top")[2] < middle < area_and_centre("small", "bottom")[2]
