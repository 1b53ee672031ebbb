"""Scenes: what is drawn at random, and what training never sees."""

import numpy as np
import pytest

from engine.training.scenes import (
    COLOURS,
    FAMILIES,
    KINDS,
    Group,
    Scene,
    contrast,
    is_for_training,
    is_held_out,
    is_visible,
    random_held_out_scene,
    random_training_scene,
)


def test_colours_are_far_apart():
    names = list(COLOURS)
    distances = [contrast(COLOURS[a], COLOURS[b]) for i, a in enumerate(names) for b in names[:i]]
    assert min(distances) > 75


def test_training_never_sees_a_held_out_combination():
    rng = np.random.default_rng(0)
    for _ in range(2000):
        scene = random_training_scene(rng)
        for group in scene.groups:
            assert not is_held_out(group.kind, group.colour, scene.ground)


def test_more_small_figures_where_asked_for():
    rng = np.random.default_rng(5)
    scenes = [random_training_scene(rng, small_share=1.0) for _ in range(50)]
    assert all([(group.size, group.count) for group in scene.groups] == [("small", 1)] for scene in scenes)
    assert all(is_for_training(scene) and scene.background for scene in scenes)


@pytest.mark.parametrize("family", FAMILIES)
def test_held_out_scenes_are_not_for_training_and_visible(family: str):
    rng = np.random.default_rng(1)
    for _ in range(20):
        scene = random_held_out_scene(rng, family)
        assert not is_for_training(scene)
        for group in scene.groups:
            assert is_held_out(group.kind, group.colour, scene.ground)
            assert is_visible(group.colour, scene)


def test_about_an_eighth_is_held_out_and_every_word_is_seen():
    plain = [(k, c, b) for k in KINDS for c in COLOURS for b in COLOURS if c != b]
    held = [combination for combination in plain if is_held_out(*combination)]
    assert 0.08 < len(held) / len(plain) < 0.17
    seen = [combination for combination in plain if not is_held_out(*combination)]
    for position, words in enumerate((KINDS, COLOURS, COLOURS)):
        assert {combination[position] for combination in seen} == set(words)


@pytest.mark.parametrize(
    ("kind", "colour", "ground"),
    [
        ("circle", "red", "blue"),
        ("star", "yellow", "land night"),
        ("house", "green", "land night"),
        ("boat", "white", "sea sunset"),
    ],
)
def test_the_examples_of_the_documentation_are_held_out(kind: str, colour: str, ground: str):
    assert is_held_out(kind, colour, ground)


def test_scenes_are_decided_by_the_generator():
    first, second = ([random_training_scene(np.random.default_rng(seed)) for seed in range(30)] for _ in range(2))
    assert first == second
    assert len(set(first)) > 25


def test_ground_names_plain_and_other_backgrounds():
    group = Group("boat", "white")
    assert Scene((group,), background="blue").ground == "blue"
    assert Scene((group,), setting="sea", time="sunset").ground == "sea sunset"
    assert Scene((group,), time="night").ground == "land night"
