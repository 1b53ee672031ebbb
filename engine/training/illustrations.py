"""Draws a `Scene` as a flat illustration: where its figures stand, the sky and ground behind them, the pixels.

Painted four times too large and averaged down, which antialiases every edge. All placement comes from the generator
passed in, so the same scene and seed give the same pixels.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from engine.training.figures import Points, outline
from engine.training.scenes import COLOURS, FLYING, GEOMETRIC, GROUND, SKY, Group, Rgb, Scene

Pixels: TypeAlias = NDArray[np.uint8]
Centre: TypeAlias = tuple[float, float]

SIDE: Final = 128
"""Width and height of an illustration."""
_SUPERSAMPLING: Final = 4
_GAP: Final = 1.1
_RADIUS: Final = {"": 33.0, "small": 22.0, "large": 47.0}
_ROW_RADIUS: Final = {2: {"": 24.0, "small": 19.0, "large": 27.0}, 3: {"": 18.0, "small": 15.0, "large": 19.0}}
_PAIR_RADIUS: Final = {1: 25.0, 2: 21.0, 3: 18.0}
_HORIZON: Final = {"": 98.0, "sea": 76.0, "hills": 92.0, "city": 110.0}
_FEET: Final = {"": 106.0, "sea": 100.0, "hills": 106.0, "city": 116.0}
_LIGHT: Final[Rgb] = (250, 236, 170)


def draw_scene(scene: Scene, rng: np.random.Generator) -> Pixels:
    """Draw a scene; `rng` decides what the scene leaves open.

    Returns:
        Pixels `[128, 128, 3]`, 0 to 255.
    """
    size = SIDE * _SUPERSAMPLING
    image = Image.new("RGB", (size, size))
    canvas = ImageDraw.Draw(image)
    _paint_background(canvas, scene, rng)
    for group, centres, radius in _arrange(scene, rng):
        for centre in centres:
            for patch in outline(group.kind, group.colour):
                _paint(canvas, patch.points * radius + centre, patch.fill)
    return np.asarray(image.reduce(_SUPERSAMPLING), dtype=np.uint8)


def crest_colour(sea: Rgb) -> Rgb:
    """The colour of the waves on a sea."""
    red, green, blue = sea
    return min(255, red + 45), min(255, green + 45), min(255, blue + 45)


def _paint(canvas: ImageDraw.ImageDraw, points: Points, fill: Rgb) -> None:
    canvas.polygon([(x * _SUPERSAMPLING, y * _SUPERSAMPLING) for x, y in points.tolist()], fill=fill)


def _paint_box(canvas: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float, fill: Rgb) -> None:
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    _paint(canvas, corners, fill)


def _paint_background(canvas: ImageDraw.ImageDraw, scene: Scene, rng: np.random.Generator) -> None:
    if scene.background:
        _paint_box(canvas, 0, 0, SIDE, SIDE, COLOURS[scene.background])
        return
    horizon = _HORIZON[scene.setting] + rng.uniform(-2, 2)
    bands = SKY[scene.time]
    for index, fill in enumerate(bands):
        _paint_box(canvas, 0, horizon * index / len(bands), SIDE, SIDE, fill)
    if scene.time == "night":
        for _ in range(9):
            x, y = rng.uniform(4, SIDE - 4), rng.uniform(4, horizon - 12)
            _paint_box(canvas, x - 1, y - 1, x + 1, y + 1, _LIGHT)
    _paint_ground(canvas, scene, horizon, rng)


def _paint_ground(canvas: ImageDraw.ImageDraw, scene: Scene, horizon: float, rng: np.random.Generator) -> None:
    fills = GROUND[scene.setting][scene.time]
    match scene.setting:
        case "sea":
            _paint_sea(canvas, fills, horizon, rng)
        case "hills":
            _paint_hills(canvas, fills, horizon, rng)
        case "city":
            window = fills[1] if scene.time == "day" else _LIGHT
            _paint_city(canvas, fills, horizon, window, rng)
        case _:
            _paint_box(canvas, 0, horizon, SIDE, SIDE, fills[0])


def _paint_sea(canvas: ImageDraw.ImageDraw, fills: tuple[Rgb, ...], horizon: float, rng: np.random.Generator) -> None:
    _paint_box(canvas, 0, horizon, SIDE, SIDE, fills[0])
    crest = crest_colour(fills[0])
    for row in range(3):
        for column in range(3):
            x = 8 + column * 44 + (row % 2) * 20 + rng.uniform(-4, 4)
            y = horizon + 12 + row * 14
            _paint_box(canvas, x, y, x + 16, y + 2.2, crest)


def _paint_hills(canvas: ImageDraw.ImageDraw, fills: tuple[Rgb, ...], horizon: float, rng: np.random.Generator) -> None:
    x = np.linspace(0, SIDE, 65)
    for index, fill in enumerate(fills):
        phase = rng.uniform(0, 2 * np.pi)
        y = horizon - 6 + 12 * index + (10 - 5 * index) * np.sin(x / SIDE * 2 * np.pi * 1.2 + phase)
        ridge = np.stack([x, y], axis=1)
        _paint(canvas, np.concatenate([ridge, [(SIDE, SIDE), (0, SIDE)]]), fill)


def _paint_city(
    canvas: ImageDraw.ImageDraw, fills: tuple[Rgb, ...], horizon: float, window: Rgb, rng: np.random.Generator
) -> None:
    for index in range(6):
        left = index * 22 - 2 + rng.uniform(-1, 1)
        top = horizon - rng.uniform(22, 44)
        _paint_box(canvas, left, top, left + 18, SIDE, fills[0])
        for row in range(2):
            for column in range(2):
                x, y = left + 4 + column * 7, top + 5 + row * 9
                _paint_box(canvas, x, y, x + 4, y + 5, window)
    _paint_box(canvas, 0, horizon, SIDE, SIDE, fills[1])


def _arrange(scene: Scene, rng: np.random.Generator) -> list[tuple[Group, list[Centre], float]]:
    """Each group with the centres of its figures and their radius."""
    if scene.background:
        arrange = _arrange_pair if scene.relation else _arrange_one
        return arrange(scene, rng)
    return [(group, *_stand_in_view(group, scene, rng)) for group in scene.groups]


def _arrange_one(scene: Scene, rng: np.random.Generator) -> list[tuple[Group, list[Centre], float]]:
    (group,) = scene.groups
    radii = _RADIUS if group.count == 1 else _ROW_RADIUS[group.count]
    radius = radii[group.size] * rng.uniform(0.94, 1.06)
    wander = 6 if group.size != "large" else 3
    x, y = SIDE / 2 + rng.uniform(-wander, wander), SIDE / 2 + rng.uniform(-wander, wander)
    near = max(radius + 5, 32) + rng.uniform(-2, 3)
    if scene.place == "left":
        x = near
    elif scene.place == "right":
        x = SIDE - near
    elif scene.place == "top":
        y = near
    elif scene.place == "bottom":
        y = SIDE - near
    return [(group, _row(group.count, x, y, radius, rng), radius)]


def _arrange_pair(scene: Scene, rng: np.random.Generator) -> list[tuple[Group, list[Centre], float]]:
    first, second = scene.groups
    low, high = 35 + rng.uniform(-3, 3), 93 + rng.uniform(-3, 3)
    across = SIDE / 2 + rng.uniform(-4, 4)
    relation = scene.relation
    if relation == "next to":
        relation = "left of" if rng.random() < 0.5 else "right of"
    ends = {
        "above": ((across, low), (across, high)),
        "below": ((across, high), (across, low)),
        "left of": ((low, across), (high, across)),
        "right of": ((high, across), (low, across)),
    }[relation]
    placed: list[tuple[Group, list[Centre], float]] = []
    for group, (x, y) in zip((first, second), ends, strict=True):
        radius = _PAIR_RADIUS[group.count] * rng.uniform(0.94, 1.06)
        placed.append((group, _row(group.count, x, y, radius, rng), radius))
    return placed


def _stand_in_view(group: Group, scene: Scene, rng: np.random.Generator) -> tuple[list[Centre], float]:
    alone = len(scene.groups) == 1
    x = SIDE / 2 + rng.uniform(-8, 8)
    if group.kind in FLYING + GEOMETRIC:
        radius = ({1: 25.0, 2: 22.0, 3: 18.0} if alone else {1: 20.0, 2: 18.0, 3: 16.0})[group.count]
        y = (40.0 if alone else 24.0) + rng.uniform(-3, 3)
        if scene.setting == "":
            y += 8 if alone else 0
        return _row(group.count, x, y, radius, rng), radius
    radius = (30.0 if alone else 25.0) * rng.uniform(0.95, 1.05)
    return [(x, _FEET[scene.setting] + rng.uniform(-1, 1) - radius)], radius


def _row(count: int, x: float, y: float, radius: float, rng: np.random.Generator) -> list[Centre]:
    if count == 1:
        return [(x, y)]
    step = 2 * radius * _GAP
    x = SIDE / 2 + (x - SIDE / 2) * 0.3
    return [(x + (index - (count - 1) / 2) * step, y + rng.uniform(-2.5, 2.5)) for index in range(count)]
