"""Frames without tensors: the first one alone, and what can be said of a file before anything is decoded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.errors import FileError
from engine.images.exif import ORIENTATION
from engine.images.frames import check_picture, read_first_frame, read_frames
from tests.engine.images.files import animate, encode, every_kind, noise

FILES = every_kind()


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_neither_the_module_nor_what_it_imports_loads_torch() -> None:
    code = "import sys, engine.images.frames; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3]).returncode == 0


@pytest.mark.parametrize("kind", sorted(FILES))
def test_the_first_frame_is_the_first_of_all_frames(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / "x", FILES[kind])
    first, whole = read_first_frame(path, 10**6), read_frames(path, 10**6)[0]
    assert np.array_equal(first.colors, whole.colors)
    assert (first.alpha is None) == (whole.alpha is None)


def test_only_the_first_frame_counts_against_its_limit(tmp_path: Path) -> None:
    path = write(tmp_path / "x.gif", animate("GIF", 5))
    first = read_frames(path, 10**6)[0]
    pixels = first.colors.shape[0] * first.colors.shape[1]
    assert read_first_frame(path, pixels).colors.shape == first.colors.shape
    with pytest.raises(FileError, match="pixels"):
        read_frames(path, pixels)
    with pytest.raises(FileError, match="pixels"):
        read_first_frame(path, pixels - 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_frames_are_upright(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = write(tmp_path / "x.png", encode(noise(), "PNG", exif=exif))
    with Image.open(path) as picture:
        wanted = np.array(ImageOps.exif_transpose(picture))
    assert np.array_equal(read_first_frame(path, 10**6).colors, wanted)


@pytest.mark.parametrize("kind", sorted(kind for kind in FILES if "bmp" not in kind and "tiff" not in kind.lower()))
def test_a_whole_picture_is_told_from_a_part_of_it(tmp_path: Path, kind: str) -> None:
    assert check_picture(write(tmp_path / "x", FILES[kind]), 10**6)
    with pytest.raises(FileError):
        check_picture(write(tmp_path / "x", FILES[kind][: len(FILES[kind]) // 2]), 10**6)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="not a picture"):
        check_picture(write(tmp_path / "x.png", b"<html><script>alert(1)</script>"), 10**6)
