"""The judge is right about drawings, and wrong pictures do not pass."""

import numpy as np
import pytest

from engine.training.illustrations import draw_scene
from engine.training.judge import Verdict, judge_picture, split_regions
from engine.training.scenes import FAMILIES, KINDS, Group, Scene

LEAST_RIGHT = {"single": 0.96, "row": 0.96, "pair": 0.93, "view": 0.8, "view_pair": 0.8}


@pytest.mark.parametrize("family", FAMILIES)
def test_true_drawings_are_judged_right(family: str):
    rng = np.random.default_rng(11)
    verdicts: list[Verdict] = []
    for _ in range(30):
        scene = FAMILIES[family](rng)
        verdicts.append(judge_picture(draw_scene(scene, rng), scene))
    assert np.mean([verdict.background for verdict in verdicts]) == 1
    assert np.mean([verdict.all for verdict in verdicts]) >= LEAST_RIGHT[family]


@pytest.mark.parametrize("kind", KINDS)
def test_another_figure_colour_or_background_is_noticed(kind: str):
    scene = Scene((Group(kind, "red"),), background="blue")
    other_kind = KINDS[(KINDS.index(kind) + 1) % len(KINDS)]
    rng = np.random.default_rng(0)

    def judge(kind: str, colour: str, background: str):
        drawn = Scene((Group(kind, colour),), background=background)
        return judge_picture(draw_scene(drawn, rng), scene)

    assert judge(kind, "red", "blue").all
    assert not judge(other_kind, "red", "blue").shapes
    assert not judge(kind, "green", "blue").colours
    assert not judge(kind, "red", "yellow").background


def test_an_empty_picture_and_noise_are_nothing():
    scene = Scene((Group("star", "red"),), background="blue")
    empty = np.full((128, 128, 3), (42, 92, 212), dtype=np.uint8)
    verdict = judge_picture(empty, scene)
    assert verdict.background
    assert not verdict.colours
    assert not verdict.shapes
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3)).astype(np.uint8)
    assert not judge_picture(noise, scene).shapes


def test_counts_and_relations_are_judged():
    scene = Scene((Group("star", "red"), Group("house", "green")), relation="above", background="white")
    flipped = Scene((Group("star", "red"), Group("house", "green")), relation="below", background="white")
    pixels = draw_scene(flipped, np.random.default_rng(0))
    assert judge_picture(pixels, flipped).all
    assert not judge_picture(pixels, scene).layout
    two, three = (Scene((Group("heart", "red", count),), background="white") for count in (2, 3))
    assert not judge_picture(draw_scene(two, np.random.default_rng(0)), three).counts


def test_regions_are_the_connected_parts():
    mask = np.zeros((20, 20), dtype=bool)
    mask[1:4, 1:4] = mask[1:4, 10:18] = mask[10:19, 2:4] = True
    regions = split_regions(mask)
    assert sorted(int(region.sum()) for region in regions) == [9, 18, 24]
    assert np.array_equal(np.logical_or.reduce(regions), mask)
    assert split_regions(np.zeros((5, 5), dtype=bool)) == []
