"""Looks at the pixels of a postcard and says what it shows: the background, and kind, colour and place of each figure.

No network: backgrounds are what most of the border is, figures are connected regions unlike the background, colours the
nearest of the palette, kinds the best overlap with the outlines of all figures, brought to the same size.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.training.illustrations import Pixels, crest_colour, draw_scene
from engine.training.scenes import COLOURS, GROUND, KINDS, SKY, Group, Rgb, Scene, background_colours, is_visible

Mask: TypeAlias = NDArray[np.bool_]
Templates: TypeAlias = tuple[list[str], NDArray[np.float32]]
"""Kinds, and the normalised outline of each, `[n h w]`."""
Key = TypeVar("Key", bound=Hashable)

_BORDER: Final = 3
_FIGURE_DISTANCE: Final = 46.0
_LEAST_PIXELS: Final = 40
_LEAST_VIEW_PIXELS: Final = 70
_LEAST_OVERLAP: Final = 0.6
_SPECK_SHARE: Final = 0.04
_TEMPLATE_SIDE: Final = 32
_NAMES: Final = tuple(COLOURS)
_PALETTE: Final = np.array(list(COLOURS.values()), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was found: kind ("" if like none), colour, centre in pixels, area in pixels."""

    kind: str
    colour: str
    x: float
    y: float
    area: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of a scene a picture shows rightly.

    Attributes:
        background: The plain colour, or the sky and the ground at that time.
        colours: The figures have the colours asked for, and no other.
        shapes: The figures are of the kinds asked for, and no other.
        bindings: Each kind has its own colour.
        counts: There are as many of each as asked for.
        layout: The place or the relation is as asked for; true if none was.
        figures: What was found.
    """

    background: bool
    colours: bool
    shapes: bool
    bindings: bool
    counts: bool
    layout: bool
    figures: tuple[Figure, ...]

    @property
    def all(self) -> bool:
        """Whether nothing is wrong."""
        return self.background and self.colours and self.shapes and self.bindings and self.counts and self.layout


def judge_picture(pixels: Pixels, scene: Scene) -> Verdict:
    """Compare a picture `[h w 3]`, 0 to 255, with the scene it should show."""
    figures = tuple(find_figures(pixels, scene))
    wanted = Counter({(group.kind, group.colour): group.count for group in scene.groups})
    found = Counter((figure.kind, figure.colour) for figure in figures)
    return Verdict(
        background=_is_background_right(pixels, scene),
        colours={figure.colour for figure in figures} == {colour for _, colour in wanted},
        shapes={figure.kind for figure in figures} == {kind for kind, _ in wanted},
        bindings=set(found) == set(wanted),
        counts=found == wanted,
        layout=_is_layout_right(figures, scene, pixels.shape[0]),
        figures=figures,
    )


def name_colour(pixels: Pixels) -> str:
    """The palette's name for most of some pixels `[n 3]`."""
    distance = np.linalg.norm(pixels.astype(np.float32)[:, None] - _PALETTE, axis=2)
    return _NAMES[int(np.bincount(distance.argmin(axis=1), minlength=len(_NAMES)).argmax())]


def find_figures(pixels: Pixels, scene: Scene) -> list[Figure]:
    """The figures in front of the scene's background, largest first."""
    mask = _mask_figures(pixels, scene)
    least = _LEAST_PIXELS if scene.background else _LEAST_VIEW_PIXELS
    regions = [region for region in split_regions(mask) if np.count_nonzero(region) >= least]
    if sum(group.count for group in scene.groups) == 1:
        regions = _join_parts(regions)
    figures: list[Figure] = []
    for region in regions:
        rows, columns = np.nonzero(region)
        colour = name_colour(pixels[region])
        templates = _make_templates(*_template_key(colour, scene))
        kind = name_shape(region, templates)
        figures.append(Figure(kind, colour, float(columns.mean()), float(rows.mean()), int(region.sum())))
    return sorted(figures, key=lambda figure: -figure.area)


def _join_parts(regions: list[Mask]) -> list[Mask]:
    """All that stands out as one figure, but for specks: where one figure is wanted, the whole contour counts."""
    if not regions:
        return []
    least = _SPECK_SHARE * sum(map(np.count_nonzero, regions))
    return [np.logical_or.reduce([region for region in regions if np.count_nonzero(region) >= least])]


def _template_key(colour: str, scene: Scene) -> tuple[str, str, str, str]:
    if is_visible(colour, scene):
        return colour, scene.background, scene.setting, scene.time
    return "red", "white", "", ""


def _mask_figures(pixels: Pixels, scene: Scene) -> Mask:
    """Where a picture is unlike everything that the scene has behind its figures."""
    behind = background_colours(scene)
    if scene.background:
        behind = (tuple(np.median(_border(pixels), axis=0)),)
    elif scene.setting == "sea":
        behind += (crest_colour(behind[-1]),)
    distances = [np.linalg.norm(pixels.astype(np.float32) - colour, axis=2) for colour in behind]
    mask = np.min(distances, axis=0) > _FIGURE_DISTANCE
    return mask if scene.background else _drop_thin_lines(mask)


def _drop_thin_lines(mask: Mask) -> Mask:
    """Without what is less than three pixels high: the blurred edge of a horizon is neither sky nor ground."""
    above, below = np.roll(mask, 1, axis=0), np.roll(mask, -1, axis=0)
    cores = above & mask & below
    return cores | np.roll(cores, 1, axis=0) | np.roll(cores, -1, axis=0)


def split_regions(mask: Mask) -> list[Mask]:
    """The connected regions of a mask `[h w]`; gaps of up to two pixels do not separate."""
    wide = _widen(mask)
    labels = np.where(wide, np.arange(1, wide.size + 1).reshape(wide.shape), 0)
    while True:
        spread = np.where(wide, _neighbour_maximum(labels), 0)
        # A label also takes over the label that stands where it came from, so distances double with each round.
        spread = np.where(wide, np.concatenate([[0], spread.ravel()])[spread], 0)
        if np.array_equal(spread, labels):
            break
        labels = spread
    return [(labels == label) & mask for label in np.unique(labels[mask])]


def name_shape(region: Mask, templates: Templates) -> str:
    """The kind whose outline overlaps most with the region, or "" if none does well."""
    kinds, masks = templates
    normal = _normalise(region)
    overlap = np.minimum(masks, normal).sum(axis=(1, 2)) / np.maximum(masks, normal).sum(axis=(1, 2))
    best = int(overlap.argmax())
    return kinds[best] if overlap[best] >= _LEAST_OVERLAP else ""


@lru_cache(maxsize=512)
def _make_templates(colour: str, background: str, setting: str, time: str) -> Templates:
    """Outlines of all kinds as they are to be seen in this colour before this background."""
    kinds: list[str] = []
    masks: list[NDArray[np.float32]] = []
    for kind in KINDS:
        scene = Scene((Group(kind, colour),), background=background, setting=setting, time=time)
        mask = _mask_figures(draw_scene(scene, np.random.default_rng(0)), scene)
        if not background:
            mask = max(split_regions(mask), key=np.count_nonzero, default=mask)
        if mask.any():
            kinds.append(kind)
            masks.append(_normalise(mask))
    return kinds, np.stack(masks)


def _normalise(region: Mask) -> NDArray[np.float32]:
    """The region in the middle of a small square that its longer side fills, 0..1."""
    rows, columns = np.nonzero(region)
    top, left = rows.min(), columns.min()
    cut = region[top : rows.max() + 1, left : columns.max() + 1]
    height, width = cut.shape
    side = max(height, width)
    square = np.zeros((side, side), dtype=np.uint8)
    y, x = (side - height) // 2, (side - width) // 2
    square[y : y + height, x : x + width] = cut * np.uint8(255)
    small = Image.fromarray(square).resize((_TEMPLATE_SIDE, _TEMPLATE_SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small, dtype=np.float32) / np.float32(255)


def _widen(mask: Mask) -> Mask:
    return _neighbour_maximum(mask.astype(np.int64)) > 0


def _neighbour_maximum(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The largest value among each pixel and its eight neighbours."""
    padded = np.pad(values, 1)
    height, width = values.shape
    windows = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.max(windows, axis=0)


def _border(pixels: Pixels) -> Pixels:
    edge = np.ones(pixels.shape[:2], dtype=bool)
    edge[_BORDER:-_BORDER, _BORDER:-_BORDER] = False
    return pixels[edge]


def _is_background_right(pixels: Pixels, scene: Scene) -> bool:
    if scene.background:
        return name_colour(_border(pixels)) == scene.background
    skies = {time: bands[0] for time, bands in SKY.items()}
    grounds = {(place, time): fills[-1] for place, times in GROUND.items() for time, fills in times.items()}
    sky = _nearest(pixels[:_BORDER].reshape(-1, 3), skies)
    ground = _nearest(pixels[-_BORDER:].reshape(-1, 3), grounds)
    return sky == scene.time and ground == (scene.setting, scene.time)


def _nearest(pixels: Pixels, colours: Mapping[Key, Rgb]) -> Key:
    middle = np.median(pixels, axis=0)
    return min(colours, key=lambda name: float(np.linalg.norm(middle - colours[name])))


def _is_layout_right(figures: tuple[Figure, ...], scene: Scene, side: int) -> bool:
    centres = [_centre(figures, group) for group in scene.groups]
    if any(centre is None for centre in centres):
        return not scene.relation and not scene.place
    (x, y), third = centres[0] or (0.0, 0.0), side / 8
    if scene.relation:
        other_x, other_y = centres[1] or (0.0, 0.0)
        beside = abs(x - other_x) > abs(y - other_y)
        return {
            "above": y < other_y and not beside,
            "below": y > other_y and not beside,
            "left of": x < other_x and beside,
            "right of": x > other_x and beside,
            "next to": beside,
        }[scene.relation]
    x, y = x - side / 2, y - side / 2
    return {
        "": True,
        "left": x < -1 and abs(y) < third,
        "right": x > 1 and abs(y) < third,
        "top": y < -1 and abs(x) < third,
        "bottom": y > 1 and abs(x) < third,
        "centre": max(abs(x), abs(y)) < third,
    }[scene.place]


def _centre(figures: tuple[Figure, ...], group: Group) -> tuple[float, float] | None:
    alike = [figure for figure in figures if (figure.kind, figure.colour) == (group.kind, group.colour)]
    if not alike:
        return None
    return float(np.mean([figure.x for figure in alike])), float(np.mean([figure.y for figure in alike]))
