"""What a postcard shows, as data: groups of figures, how they stand to each other, and what is behind them.

A `Scene` holds only what its caption may say; where exactly things stand is left to `illustrations`, the wording to
`captions`. Also here: how scenes are drawn at random, and which combinations training never sees.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

Rgb: TypeAlias = tuple[int, int, int]

COLOURS: Final[dict[str, Rgb]] = {
    "red": (214, 38, 44),
    "orange": (246, 138, 30),
    "yellow": (250, 218, 54),
    "green": (46, 160, 72),
    "blue": (42, 92, 212),
    "purple": (134, 58, 172),
    "pink": (246, 148, 192),
    "white": (250, 250, 250),
    "black": (22, 22, 24),
    "brown": (122, 72, 38),
    "grey": (142, 144, 148),
}
GEOMETRIC: Final = ("circle", "square", "triangle", "star", "heart")
FLYING: Final = ("star", "sun", "moon", "balloon")
STANDING: Final = ("house", "tree", "flower")
KINDS: Final = (
    "circle",
    "square",
    "triangle",
    "star",
    "heart",
    "house",
    "tree",
    "boat",
    "sun",
    "moon",
    "balloon",
    "flower",
)
SIZES: Final = ("", "small", "large")
PLACES: Final = ("left", "right", "top", "bottom", "centre")
RELATIONS: Final = ("above", "below", "left of", "right of", "next to")
SETTINGS: Final = ("", "sea", "hills", "city")
TIMES: Final = ("day", "sunset", "night")

SKY: Final[dict[str, tuple[Rgb, ...]]] = {
    "day": ((152, 212, 246),),
    "sunset": ((176, 96, 150), (236, 122, 112), (252, 184, 112)),
    "night": ((24, 30, 76),),
}
"""Bands of the sky from the top down."""

GROUND: Final[dict[str, dict[str, tuple[Rgb, ...]]]] = {
    "": {"day": ((104, 186, 96),), "sunset": ((110, 84, 92),), "night": ((18, 56, 58),)},
    "sea": {"day": ((34, 122, 188),), "sunset": ((92, 74, 140),), "night": ((14, 52, 98),)},
    "hills": {
        "day": ((126, 196, 106), (84, 164, 84)),
        "sunset": ((140, 88, 96), (104, 70, 86)),
        "night": ((26, 72, 74), (16, 50, 54)),
    },
    "city": {
        "day": ((166, 174, 190), (118, 128, 150)),
        "sunset": ((120, 74, 116), (84, 54, 98)),
        "night": ((44, 50, 96), (12, 14, 38)),
    },
}
"""Colours of the ground per setting ("" is open land) and time, from the back to the front."""

HELD_OUT_PERCENT: Final = 12
_ALWAYS_HELD_OUT: Final = {
    ("circle", "red", "blue"),
    ("star", "yellow", "land night"),
    ("house", "green", "land night"),
    ("boat", "white", "sea sunset"),
}
_MIN_CONTRAST: Final = 78.0


@dataclass(frozen=True, slots=True)
class Group:
    """One to three figures alike: kind, colour and size ("" when the caption says none)."""

    kind: str
    colour: str
    count: int = 1
    size: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture's content: one group, or two with the first's relation to the second, before a background.

    The background is a plain colour (`background`), or a `time` of day with or without a `setting`.
    """

    groups: tuple[Group, ...]
    relation: str = ""
    place: str = ""
    background: str = ""
    setting: str = ""
    time: str = ""

    @property
    def ground(self) -> str:
        """What is behind the figures, as one word or two: "blue", "sea sunset", "land night"."""
        return self.background or f"{self.setting or 'land'} {self.time}"


def contrast(a: Rgb, b: Rgb) -> float:
    """Euclidean distance of two colours, 0 to 442."""
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5


def shade(rgb: Rgb, factor: float) -> Rgb:
    """A darker (factor below 1) colour; black becomes lighter instead, so that details stay visible."""
    red, green, blue = rgb
    if max(rgb) < 60:
        lift = round(170 * (1 - factor))
        return red + lift, green + lift, blue + lift
    return round(red * factor), round(green * factor), round(blue * factor)


def background_colours(scene: Scene) -> tuple[Rgb, ...]:
    """The large surfaces behind the figures."""
    if scene.background:
        return (COLOURS[scene.background],)
    return SKY[scene.time] + GROUND[scene.setting][scene.time]


def is_visible(colour: str, scene: Scene) -> bool:
    """Whether a figure of this colour, and in a setting also its darker parts, stands out from everything behind it."""
    rgb = COLOURS[colour]
    shown = (rgb,) if scene.background else (rgb, shade(rgb, 0.8))
    return min(contrast(part, behind) for part in shown for behind in background_colours(scene)) >= _MIN_CONTRAST


def is_held_out(kind: str, colour: str, ground: str) -> bool:
    """Whether training never sees a figure of this kind and colour before this ground.

    A hash decides, so that the rule is the same everywhere and needs no list; the combinations of the three examples in
    the documentation are held out as well.
    """
    if (kind, colour, ground) in _ALWAYS_HELD_OUT:
        return True
    return zlib.crc32(f"{kind}/{colour}/{ground}".encode()) % 100 < HELD_OUT_PERCENT


def is_for_training(scene: Scene) -> bool:
    """Whether no group of the scene is a held-out combination."""
    return not any(is_held_out(group.kind, group.colour, scene.ground) for group in scene.groups)


def random_training_scene(rng: np.random.Generator, small_share: float = 0.0) -> Scene:
    """A scene that training may see: two thirds on plain colours, the rest in settings.

    Args:
        rng: Decides everything.
        small_share: Share of scenes that are one small figure, beside those that come about anyway.
    """
    while True:
        scene = _random_small(rng) if small_share and rng.random() < small_share else _random_scene(rng)
        if is_for_training(scene):
            return scene


def random_held_out_scene(rng: np.random.Generator, family: str) -> Scene:
    """A scene of a family (a key of `FAMILIES`) in which every group is a held-out combination."""
    while True:
        scene = FAMILIES[family](rng)
        if all(is_held_out(group.kind, group.colour, scene.ground) for group in scene.groups):
            return scene


def random_single(rng: np.random.Generator) -> Scene:
    """One figure on a plain colour, at times with a size and a place."""
    background = _choose(rng, COLOURS)
    size = _choose(rng, SIZES, (0.56, 0.22, 0.22))
    place = _choose(rng, PLACES) if rng.random() < 0.35 else ""
    group = Group(_choose(rng, KINDS), _visible_colour(rng, Scene((), background=background)), 1, size)
    return Scene((group,), place=place, background=background)


def random_row(rng: np.random.Generator) -> Scene:
    """Two or three figures alike in a row on a plain colour."""
    background = _choose(rng, COLOURS)
    size = _choose(rng, SIZES, (0.8, 0.1, 0.1))
    place = _choose(rng, ("top", "bottom")) if rng.random() < 0.2 else ""
    colour = _visible_colour(rng, Scene((), background=background))
    group = Group(_choose(rng, KINDS), colour, int(rng.integers(2, 4)), size)
    return Scene((group,), place=place, background=background)


def random_pair(rng: np.random.Generator) -> Scene:
    """Two groups on a plain colour with a relation; the first may be a row of up to three above or below the second."""
    behind = Scene((), background=_choose(rng, COLOURS))
    relation = _choose(rng, RELATIONS, (0.26, 0.2, 0.18, 0.18, 0.18))
    count = _choose_count(rng) if relation in ("above", "below") else 1
    first = Group(_choose(rng, KINDS), _visible_colour(rng, behind), count)
    second = Group(_choose(rng, KINDS), _visible_colour(rng, behind), 1)
    if first.kind == second.kind:
        return random_pair(rng)
    return Scene((first, second), relation=relation, background=behind.background)


def random_view(rng: np.random.Generator) -> Scene:
    """One group in a setting at a time of day: what flies or is a mere shape in the sky, the others on the ground."""
    behind = Scene((), setting=_choose(rng, SETTINGS, (0.2, 0.32, 0.26, 0.22)), time=_choose(rng, TIMES))
    kind = _choose(rng, STANDING if behind.setting != "sea" else ("boat",))
    if rng.random() < 0.5:
        kind = _choose(rng, tuple(dict.fromkeys(FLYING + GEOMETRIC)))
    count = _choose_count(rng) if kind in FLYING + GEOMETRIC else 1
    group = Group(kind, _visible_colour(rng, behind), count)
    return Scene((group,), setting=behind.setting, time=behind.time)


def random_view_pair(rng: np.random.Generator) -> Scene:
    """A group in the sky above a figure on the ground, in a setting at a time of day."""
    behind = Scene((), setting=_choose(rng, SETTINGS, (0.3, 0.3, 0.2, 0.2)), time=_choose(rng, TIMES))
    below = Group(_choose(rng, STANDING if behind.setting != "sea" else ("boat",)), _visible_colour(rng, behind))
    above = Group(_choose(rng, FLYING), _visible_colour(rng, behind), _choose_count(rng))
    return Scene((above, below), relation="above", setting=behind.setting, time=behind.time)


FAMILIES: Final = {
    "single": random_single,
    "row": random_row,
    "pair": random_pair,
    "view": random_view,
    "view_pair": random_view_pair,
}
_FAMILY_SHARES: Final = (0.48, 0.12, 0.15, 0.13, 0.12)


def _random_small(rng: np.random.Generator) -> Scene:
    scene = random_single(rng)
    return replace(scene, groups=(replace(scene.groups[0], size="small"),))


def _random_scene(rng: np.random.Generator) -> Scene:
    return FAMILIES[_choose(rng, FAMILIES, _FAMILY_SHARES)](rng)


def _visible_colour(rng: np.random.Generator, behind: Scene) -> str:
    return _choose(rng, [name for name in COLOURS if is_visible(name, behind)])


def _choose_count(rng: np.random.Generator) -> int:
    return int(rng.choice((1, 2, 3), p=(0.6, 0.22, 0.18)))


def _choose(rng: np.random.Generator, names: Iterable[str], shares: tuple[float, ...] | None = None) -> str:
    names = tuple(names)
    if shares is None:
        return names[int(rng.integers(len(names)))]
    return names[int(rng.choice(len(names), p=shares))]
