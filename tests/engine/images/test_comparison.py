"""Pictures compared pixel by pixel."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.images.comparison import compare_frames, size_of
from engine.images.frames import Frame


def frames_of(values: np.ndarray) -> list[Frame]:
    """`[b, h, w, 4]`, uint8."""
    return [Frame(each[..., :3], each[..., 3]) for each in values]


def random_values(seed: int, frames: int = 2, height: int = 3, width: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (frames, height, width, 4), np.uint8)


@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 4)), max_size=5))
def test_what_was_changed_is_what_differs(seed: int, places: list[tuple[int, int, int]]):
    values = random_values(seed)
    changed = values.copy()
    for place in places:
        changed[place] ^= np.uint8(0x80)  # every channel by 128
    places = list(dict.fromkeys(place for place in places if (changed[place] != values[place]).any()))
    difference = compare_frames(frames_of(values), frames_of(changed))
    if not places:
        assert difference is None
        return
    assert difference is not None
    assert difference.pixels == len(places)
    assert difference.of_pixels == 30
    assert difference.largest == 128
    assert difference.mean == 128 * len(places) / 30
    assert difference.frame == min(frame for frame, _, _ in places)
    _, rows, columns = zip(*places, strict=True)
    assert difference.box == (min(columns), min(rows), max(columns), max(rows))
    assert difference == compare_frames(frames_of(changed), frames_of(values))


def test_no_alpha_is_opaque():
    colors = np.zeros((2, 2, 3), np.uint8)
    opaque, clear = np.full((2, 2), 255, np.uint8), np.zeros((2, 2), np.uint8)
    assert compare_frames([Frame(colors, None)], [Frame(colors, opaque)]) is None
    difference = compare_frames([Frame(colors, None)], [Frame(colors, clear)])
    assert difference is not None
    assert difference.pixels == 4


def test_more_than_eight_bits_are_compared_as_they_are():
    one = np.full((2, 2, 3), 1000 / 65535, np.float32)
    other = np.full((2, 2, 3), 1001 / 65535, np.float32)
    assert compare_frames([Frame(one, None)], [Frame(one, None)]) is None
    difference = compare_frames([Frame(one, None)], [Frame(other, None)])
    assert difference is not None
    assert 0 < difference.largest < 0.01


def test_sizes():
    assert size_of(frames_of(random_values(0))) == (5, 3, 2)
