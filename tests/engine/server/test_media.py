"""The table of file types: everything that the engine reads as a picture is in it, and nothing that a browser runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import FileError
from engine.files import IMAGE_SUFFIXES
from engine.server.media import MEDIA, check_content, describe_delivery, find_medium

PAGE = b"<!doctype html><script>alert(1)</script>"


def test_every_picture_that_nodes_read_is_taken_and_shown() -> None:
    for suffix in IMAGE_SUFFIXES:
        medium = find_medium(f"x{suffix.upper()}")
        assert medium is not None
        assert medium.kind == "picture"
        assert describe_delivery(f"x{suffix}") == (medium.media_type, True)


def test_every_type_is_known_by_how_it_begins() -> None:
    for suffix, medium in MEDIA.items():
        if medium.kind != "picture":
            assert medium.begins_right is not None
            assert not medium.begins_right(PAGE), suffix
            assert not medium.begins_right(b""), suffix


@pytest.mark.parametrize("suffix", sorted(MEDIA))
def test_a_page_is_none_of_them(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "part"
    path.write_bytes(PAGE)
    with pytest.raises(FileError, match=f"x{suffix}"):
        check_content(path, f"x{suffix}", 10**6)


@pytest.mark.parametrize(
    "name", ["x.html", "x.htm", "x.svg", "x.xml", "x.js", "x.css", "x.pdf", "x", ".png", "x.png.", "x.exe"]
)
def test_what_is_not_in_the_table_is_an_attachment_without_a_type(name: str) -> None:
    assert describe_delivery(name) == ("application/octet-stream", False)
    assert find_medium(name) is None


def test_models_and_texts_are_attachments() -> None:
    assert describe_delivery("x.glb") == ("model/gltf-binary", False)
    assert describe_delivery("x.json") == ("application/json", False)
