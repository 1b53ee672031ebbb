"""Words for a `Scene`: one canonical caption, and as many others as the grammar allows.

`a red circle on a blue background`, `two yellow stars above a green house at night`,
`a white boat on the sea at sunset`.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.training.scenes import STANDING, Group, Scene

_COUNTS: Final = {2: ("two",), 3: ("three",)}
_SIZES: Final = {"": ("",), "small": ("small", "little", "tiny"), "large": ("large", "big", "huge")}
_PLACES: Final = {
    "": ("",),
    "left": ("on the left", "on the left side"),
    "right": ("on the right", "on the right side"),
    "top": ("at the top",),
    "bottom": ("at the bottom",),
    "centre": ("in the centre", "in the middle", "in the center"),
}
_RELATIONS: Final = {
    "above": ("above", "over"),
    "below": ("below", "under"),
    "left of": ("to the left of", "left of"),
    "right of": ("to the right of", "right of"),
    "next to": ("next to", "beside"),
}
_BACKGROUNDS: Final = ("on {} background", "on {} background", "against {} background", "with {} background")
_TIMES: Final = {
    "day": ("by day", "during the day", "in daylight"),
    "sunset": ("at sunset",),
    "night": ("at night", "by night"),
}
_GROUND_PHRASES: Final = {"": "", "sea": "on the sea", "hills": "on the hills", "city": "in the city"}
_SKY_PHRASES: Final = {"": "", "sea": "above the sea", "hills": "above the hills", "city": "above the city"}
_OPENINGS: Final = ("a picture of", "an illustration of", "a postcard of", "a flat illustration of", "a drawing of")


def write_caption(scene: Scene, rng: np.random.Generator | None = None) -> str:
    """Describe a scene; without `rng` always in the same words, the first of each choice."""
    groups = [_describe_group(group, rng) for group in scene.groups]
    place = _pick(_PLACES[scene.place], rng)
    figures = groups[0]
    if scene.relation:
        figures += f" {_pick(_RELATIONS[scene.relation], rng)} {groups[1]}"
    opening = _pick(_OPENINGS, rng) if rng is not None and rng.random() < 0.12 else ""
    if scene.background:
        words = [opening, figures, place, _describe_background(scene.background, rng)]
    else:
        words = [opening, figures, place, _describe_setting(scene, rng), _pick(_TIMES[scene.time], rng)]
    return " ".join(word for word in words if word)


def _describe_group(group: Group, rng: np.random.Generator | None) -> str:
    colour = "gray" if group.colour == "grey" and rng is not None and rng.random() < 0.25 else group.colour
    adjectives = " ".join(word for word in (_pick(_SIZES[group.size], rng), colour) if word)
    if group.count == 1:
        return f"{_article(adjectives)} {adjectives} {group.kind}"
    return f"{_pick(_COUNTS[group.count], rng)} {adjectives} {group.kind}s"


def _describe_background(colour: str, rng: np.random.Generator | None) -> str:
    if rng is not None and rng.random() < 0.05:
        return ""
    return _pick(_BACKGROUNDS, rng).format(f"{_article(colour)} {colour}")


def _describe_setting(scene: Scene, rng: np.random.Generator | None) -> str:
    if scene.groups[-1].kind in (*STANDING, "boat"):
        return _GROUND_PHRASES[scene.setting]
    phrase = _SKY_PHRASES[scene.setting]
    return phrase.replace("above", "over") if rng is not None and rng.random() < 0.5 else phrase


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _pick(phrases: Sequence[str], rng: np.random.Generator | None) -> str:
    return phrases[0] if rng is None else phrases[int(rng.integers(len(phrases)))]
