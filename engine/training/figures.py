"""The outlines of the twelve figures, as filled polygons in a square from -1 to 1 (x right, y down).

Each figure is a function from its colour to patches painted in order. What they mean is `scenes`' business, where they
stand `illustrations`'.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.training.scenes import COLOURS, Rgb, shade

Points: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Patch:
    """A filled polygon: `points [n, 2]`."""

    points: Points
    fill: Rgb


def outline(kind: str, colour: str) -> list[Patch]:
    """The patches of a figure, first painted first, within -1..1 in both directions."""
    return _FIGURES[kind](COLOURS[colour])


def _ellipse(cx: float, cy: float, rx: float, ry: float, corners: int = 64) -> Points:
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([cx + rx * np.cos(angle), cy + ry * np.sin(angle)], axis=1)


def _rays(inner: float, outer: float, points: int, turn: float = -np.pi / 2) -> Points:
    angle = turn + np.arange(2 * points) * np.pi / points
    radius = np.where(np.arange(2 * points) % 2 == 0, outer, inner)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _polygon(*points: tuple[float, float]) -> Points:
    return np.array(points, dtype=np.float64)


def _box(left: float, top: float, right: float, bottom: float) -> Points:
    return _polygon((left, top), (right, top), (right, bottom), (left, bottom))


def _circle(colour: Rgb) -> list[Patch]:
    return [Patch(_ellipse(0, 0, 0.95, 0.95), colour)]


def _square(colour: Rgb) -> list[Patch]:
    return [Patch(_box(-0.85, -0.85, 0.85, 0.85), colour)]


def _triangle(colour: Rgb) -> list[Patch]:
    return [Patch(_polygon((0, -0.92), (1, 0.82), (-1, 0.82)), colour)]


def _star(colour: Rgb) -> list[Patch]:
    return [Patch(_rays(0.42, 1.05, 5) + _polygon((0, 0.06)), colour)]


def _heart(colour: Rgb) -> list[Patch]:
    t = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return [Patch(np.stack([x / 16.5, (y - 2.5) / 16.0], axis=1), colour)]


def _house(colour: Rgb) -> list[Patch]:
    dark = shade(colour, 0.62)
    return [
        Patch(_box(-0.72, -0.2, 0.72, 0.95), colour),
        Patch(_polygon((0, -1), (1, -0.14), (-1, -0.14)), shade(colour, 0.8)),
        Patch(_box(-0.16, 0.36, 0.2, 0.95), dark),
        Patch(_box(-0.54, 0.12, -0.28, 0.4), dark),
        Patch(_box(0.32, 0.12, 0.58, 0.4), dark),
    ]


def _tree(colour: Rgb) -> list[Patch]:
    trunk = COLOURS["brown"] if colour != COLOURS["brown"] else shade(colour, 0.6)
    return [
        Patch(_box(-0.16, 0.5, 0.16, 1), trunk),
        Patch(_polygon((0, -0.35), (0.82, 0.62), (-0.82, 0.62)), colour),
        Patch(_polygon((0, -0.72), (0.64, 0.12), (-0.64, 0.12)), colour),
        Patch(_polygon((0, -1), (0.46, -0.38), (-0.46, -0.38)), colour),
    ]


def _boat(colour: Rgb) -> list[Patch]:
    return [
        Patch(_box(-0.06, -1, 0.04, 0.5), shade(colour, 0.6)),
        Patch(_polygon((0.08, -0.92), (0.82, 0.32), (0.08, 0.32)), colour),
        Patch(_polygon((-0.1, -0.62), (-0.1, 0.32), (-0.68, 0.32)), colour),
        Patch(_polygon((-1, 0.44), (1, 0.44), (0.66, 0.95), (-0.66, 0.95)), shade(colour, 0.84)),
    ]


def _sun(colour: Rgb) -> list[Patch]:
    rays = [Patch(_ray(index * np.pi / 4), colour) for index in range(8)]
    return [*rays, Patch(_ellipse(0, 0, 0.58, 0.58), colour)]


def _ray(angle: float) -> Points:
    wedge = _polygon((1.02, 0), (0.5, 0.26), (0.5, -0.26))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return wedge @ turn.T


def _moon(colour: Rgb) -> list[Patch]:
    outer = np.linspace(np.pi * 0.28, np.pi * 1.72, 48)
    rim = np.stack([np.cos(outer), np.sin(outer)], axis=1)
    chord_x, chord_y = rim[0]
    centre = 0.5
    radius = float(np.hypot(chord_x - centre, chord_y))
    start = float(np.arctan2(chord_y, chord_x - centre))
    inner = np.linspace(2 * np.pi - start, start, 40)
    hollow = np.stack([centre + radius * np.cos(inner), radius * np.sin(inner)], axis=1)
    return [Patch((np.concatenate([rim, hollow]) + _polygon((0.18, 0))) * 0.95, colour)]


def _balloon(colour: Rgb) -> list[Patch]:
    return [
        Patch(_polygon((-0.025, 0.5), (0.045, 0.5), (0.045, 1), (-0.045, 1)), shade(colour, 0.6)),
        Patch(_ellipse(0, -0.32, 0.6, 0.7), colour),
        Patch(_polygon((0, 0.3), (0.15, 0.54), (-0.15, 0.54)), colour),
    ]


def _flower(colour: Rgb) -> list[Patch]:
    angles = -np.pi / 2 + np.arange(5) * 2 * np.pi / 5
    stem = COLOURS["green"] if colour != COLOURS["green"] else shade(colour, 0.6)
    heart = COLOURS["yellow"] if colour != COLOURS["yellow"] else COLOURS["orange"]
    petals = [Patch(_ellipse(0.36 * np.cos(a), -0.36 + 0.36 * np.sin(a), 0.29, 0.29), colour) for a in angles]
    return [
        Patch(_box(-0.06, 0, 0.06, 1), stem),
        Patch(_ellipse(0.3, 0.66, 0.26, 0.12), stem),
        *petals,
        Patch(_ellipse(0, -0.36, 0.2, 0.2), heart),
    ]


_FIGURES: Final[dict[str, Callable[[Rgb], list[Patch]]]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "heart": _heart,
    "house": _house,
    "tree": _tree,
    "boat": _boat,
    "sun": _sun,
    "moon": _moon,
    "balloon": _balloon,
    "flower": _flower,
}
