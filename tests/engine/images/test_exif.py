"""EXIF blocks: what is built is read; Pillow agrees; no bytes are a reason to fail."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.images.exif import MODEL, ORIENTATION, USER_COMMENT, build_exif, read_exif

ASCII = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=20)


@given(st.dictionaries(st.integers(1, 0xFFFF).filter(lambda tag: tag != 0x8769), ASCII, max_size=8))
def test_texts_come_back(texts: dict[int, str]) -> None:
    block = build_exif(texts)
    assert read_exif(block) == {tag: text.encode() + b"\0" for tag, text in texts.items()}
    assert read_exif(block[6:]) == read_exif(b"Exif\0\0" + block)


def test_pillow_reads_what_is_built() -> None:
    exif = Image.Exif()
    exif.load(build_exif({MODEL: "prompt:{}", 0x010F: "workflow:é"}))
    assert dict(exif) == {MODEL: "prompt:{}", 0x010F: "workflow:?"}


def test_what_pillow_builds_is_read() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MODEL] = "a camera"
    exif.get_ifd(0x8769)[USER_COMMENT] = b"ASCII\0\0\0hello"
    read = read_exif(exif.tobytes())
    assert (read[ORIENTATION], read[MODEL], read[USER_COMMENT]) == (6, b"a camera\0", b"ASCII\0\0\0hello")


def test_either_byte_order() -> None:
    for order, mark in (("<", b"II"), (">", b"MM")):
        entry = struct.pack(f"{order}HHIHH", ORIENTATION, 3, 1, 5, 0)
        block = mark + struct.pack(f"{order}HIH", 42, 8, 1) + entry + bytes(4)
        assert read_exif(block) == {ORIENTATION: 5}


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    read_exif(data)
    read_exif(b"II*\0\x08\0\0\0" + data)
    read_exif(b"MM\0*\0\0\0\x08" + data)


@given(st.integers(0, 300))
def test_a_cut_block_gives_what_is_left(length: int) -> None:
    whole = read_exif(build_exif({MODEL: "x" * 100, 0x010F: "y" * 100}))
    assert read_exif(build_exif({MODEL: "x" * 100, 0x010F: "y" * 100})[:length]).items() <= whole.items()


def test_values_that_overlap_do_not_multiply() -> None:
    """65,535 entries that all name the same megabyte would be 64 GB."""
    size = 2**20
    entries = b"".join(struct.pack("<HHII", tag, 2, size, 0) for tag in range(1, 65536))
    block = (b"II*\0\x08\0\0\0" + struct.pack("<H", 65535) + entries).ljust(size + 10, b"x")
    assert sum(len(value) for value in read_exif(block).values() if isinstance(value, bytes)) <= len(block)


def test_folders_that_lead_in_circles_end() -> None:
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + struct.pack("<I", 8)
    assert read_exif(block) == {0x8769: 8}
