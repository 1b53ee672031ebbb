"""The parts of picture files, as Pillow wrote them, and the end of files that were cut."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.images.containers import (
    PNG_SIGNATURE,
    TruncatedError,
    jpeg_segments,
    measure_gif,
    png_chunks,
    sniff,
    webp_chunks,
)
from tests.engine.images.files import animate, encode, every_kind, noise

FILES = every_kind()


def test_formats_by_their_first_bytes() -> None:
    for name, data in FILES.items():
        kind = name.split()[-1].upper()
        assert sniff(data) == {"INTERLACED": "PNG"}.get(kind, kind)
    assert sniff(b"") is None
    assert sniff(b'{"1": {}}') is None


def test_png_chunks_make_the_file() -> None:
    data = FILES["moving PNG"]
    assert PNG_SIGNATURE + b"".join(whole for _, _, whole in png_chunks(data)) == data
    assert [kind for kind, _, _ in png_chunks(data + b"more")][-1] == b"IEND"


@pytest.mark.parametrize("name", ["jpeg", "progressive jpeg"])
def test_jpeg_segments_make_the_file(name: str) -> None:
    data = FILES[name]
    segments = list(jpeg_segments(data + b"more"))
    assert b"\xff\xd8" + b"".join(whole for _, _, whole in segments) == data
    assert segments[-1][0] == 0xD9
    assert [marker for marker, _, _ in segments].count(0xDA) == (1 if name == "jpeg" else 10)


def test_a_thumbnail_does_not_end_a_jpeg() -> None:
    """The picture inside EXIF has an end marker of its own."""
    data = encode(noise(), "JPEG", exif=b"Exif\0\0II*\0" + FILES["jpeg"])
    assert [marker for marker, _, _ in jpeg_segments(data)].count(0xD9) == 1
    with pytest.raises(TruncatedError):
        list(jpeg_segments(data[:-2]))


def test_fill_bytes_and_garbage_between_segments() -> None:
    data = FILES["jpeg"]
    at = 2 + 2 + int.from_bytes(data[4:6], "big")
    plain = [(marker, bytes(content)) for marker, content, _ in jpeg_segments(data)]
    for filler in (b"\xff\xff\xff", b"\0\0garbage"):
        filled = data[:at] + filler + data[at:]
        assert [(marker, bytes(content)) for marker, content, _ in jpeg_segments(filled)] == plain


def test_webp_chunks() -> None:
    kinds = [kind for kind, _ in webp_chunks(FILES["moving WEBP"])]
    assert kinds[:2] == [b"VP8X", b"ANIM"]
    assert kinds.count(b"ANMF") == 3


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_gif_frames(frames: int) -> None:
    extent = measure_gif(animate("GIF", frames))
    assert (extent.frames, extent.width, extent.height) == (frames, 12, 9)


@given(st.sampled_from(sorted(FILES)), st.floats(0, 1, exclude_max=True))
def test_cuts_are_seen(name: str, where: float) -> None:
    data = FILES[name]
    kind = sniff(data)
    cut = data[: max(14, int(len(data) * where))]
    readers = {"PNG": png_chunks, "JPEG": jpeg_segments, "WEBP": webp_chunks}
    if kind in readers:
        with pytest.raises(TruncatedError):
            list(readers[kind](cut))
    elif kind == "GIF":
        with pytest.raises(TruncatedError):
            measure_gif(cut)


@given(st.binary(max_size=80))
def test_no_bytes_make_it_fail_otherwise(data: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff", b"RIFF", b"GIF89a"):
        for read in (png_chunks, jpeg_segments, webp_chunks):
            with contextlib.suppress(TruncatedError):
                list(read(start + data))
        with contextlib.suppress(TruncatedError):
            measure_gif(start + data)
    assert sniff(data) in (None, "PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
