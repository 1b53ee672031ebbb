"""Captions: the documented examples, agreement of grammar, and that other words tell of the same scene."""

from itertools import pairwise

import numpy as np
import pytest

from engine.training.captions import write_caption
from engine.training.scenes import Group, Scene, random_training_scene


@pytest.mark.parametrize(
    ("scene", "caption"),
    [
        (Scene((Group("circle", "red"),), background="blue"), "a red circle on a blue background"),
        (
            Scene((Group("star", "yellow", 2), Group("house", "green")), relation="above", time="night"),
            "two yellow stars above a green house at night",
        ),
        (Scene((Group("boat", "white"),), setting="sea", time="sunset"), "a white boat on the sea at sunset"),
        (
            Scene((Group("moon", "orange", 1, "small"),), place="left", background="grey"),
            "a small orange moon on the left on a grey background",
        ),
        (
            Scene((Group("heart", "pink"), Group("tree", "brown")), relation="left of", background="orange"),
            "a pink heart to the left of a brown tree on an orange background",
        ),
        (Scene((Group("sun", "yellow"),), setting="city", time="day"), "a yellow sun above the city by day"),
    ],
)
def test_canonical_captions(scene: Scene, caption: str):
    assert write_caption(scene) == caption


def test_without_generator_the_words_never_change_and_with_one_they_do():
    scene = Scene((Group("circle", "grey", 1, "large"),), place="centre", background="blue")
    assert write_caption(scene) == write_caption(scene)
    rng = np.random.default_rng(0)
    assert len({write_caption(scene, rng) for _ in range(60)}) > 20


def test_every_wording_is_plain_lower_case_and_names_all_figures():
    rng = np.random.default_rng(3)
    for _ in range(400):
        scene = random_training_scene(rng)
        caption = write_caption(scene, rng)
        assert caption == " ".join(caption.split()) == caption.lower()
        for group in scene.groups:
            assert group.kind in caption
            assert group.colour in caption or (group.colour == "grey" and "gray" in caption)
            assert (f"{group.kind}s" in caption.split()) == (group.count > 1)
        words = caption.split()
        for article, word in pairwise(words):
            if article in ("a", "an"):
                assert (article == "an") == (word[0] in "aeiou")
