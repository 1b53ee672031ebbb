"""Texts out of pictures of every origin, past damage, and within bounds."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin, features

from engine.errors import FileError
from engine.images.exif import MAKE, MODEL, USER_COMMENT, build_exif
from engine.images.metadata import exif_texts, json_texts, read_file, read_metadata
from tests.engine.images.files import animate, encode, every_kind, noise, with_chunks

WORKFLOW = {"nodes": [{"title": 'Grüße "日本"\n'}]}
TEXT = json.dumps(WORKFLOW, ensure_ascii=False)
PNG = encode(noise(), "PNG")
FILES = every_kind()

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


# -- containers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chunk",
    [
        (b"tEXt", b"workflow\0" + TEXT.encode()),
        (b"tEXt", b"workflow\0" + json.dumps(WORKFLOW).encode()),
        (b"iTXt", b"workflow\0\0\0de\0Ablauf\0" + TEXT.encode()),
        (b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(TEXT.encode())),
        (b"zTXt", b"workflow\0\0" + zlib.compress(TEXT.encode())),
        (b"comf", b"workflow\0" + json.dumps(WORKFLOW).encode()),
        (b"eXIf", build_exif({MAKE: "workflow:" + json.dumps(WORKFLOW)})[6:]),
    ],
)
@pytest.mark.parametrize("at_end", [False, True])
def test_png(chunk: tuple[bytes, bytes], at_end: bool) -> None:
    texts = read_metadata(with_chunks(PNG, chunk, at_end=at_end))
    assert list(texts) == ["workflow"]
    assert json.loads(texts["workflow"]) == WORKFLOW


def test_latin_1_and_utf_8() -> None:
    chunks = (b"tEXt", b"a\0" + "größe".encode("latin-1")), (b"tEXt", b"b\0" + "größe".encode())
    assert read_metadata(with_chunks(PNG, *chunks)) == {"a": "größe", "b": "größe"}


def test_what_pillow_wrote() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat, 日本\nSteps: 20")
    info.add_text("prompt", "{}", zip=True)
    assert read_metadata(encode(noise(), "PNG", pnginfo=info)) == {
        "parameters": "a cat, 日本\nSteps: 20",
        "prompt": "{}",
    }


@pytest.mark.parametrize("kind", ["WEBP", "JPEG", "moving WEBP", *(["AVIF"] if features.check("avif") else [])])
@pytest.mark.parametrize("header", [True, False])
def test_exif_of_other_kinds(kind: str, header: bool) -> None:
    block = build_exif({MODEL: 'prompt:{"1":{}}', MAKE: 'workflow:{"nodes":[]}', 0x010E: "x: a b", 0x0131: "n:5"})
    exif = block if header or kind == "JPEG" else block[6:]
    data = animate("WEBP", exif=exif) if kind.startswith("moving") else encode(noise(), kind, exif=exif)
    assert read_metadata(data) == {"prompt": '{"1":{}}', "workflow": '{"nodes":[]}', "n": "5"}


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (b"ASCII\0\0\0workflow:{}", {"workflow": "{}"}),
        (b"\0" * 8 + b"a cat: nice\nSteps: 20", {"parameters": "a cat: nice\nSteps: 20"}),
        (b"UNICODE\0" + "a c\u00e4t".encode("utf-16-be"), {"parameters": "a c\u00e4t"}),
        (b"UNICODE\0" + "a c\u00e4t".encode("utf-16-le"), {"parameters": "a c\u00e4t"}),
        (b"UNICODE\0" + "workflow:[]".encode("utf-16-be"), {"workflow": "[]"}),
        ('prompt:{"a":"ü"}'.encode(), {"prompt": '{"a":"ü"}'}),
        (b"ASCII\0\0\0   ", {}),
        (b"", {}),
    ],
)
def test_user_comments(comment: bytes, expected: dict[str, str]) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[USER_COMMENT] = comment
    assert read_metadata(encode(noise(), "JPEG", exif=exif)) == expected


def test_the_extension_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(with_chunks(PNG, (b"tEXt", b"workflow\0{}")))
    assert read_metadata(path) == {"workflow": "{}"}


def test_pictures_without_texts() -> None:
    for data in FILES.values():
        assert read_metadata(data) == {}


# -- damage and bounds -----------------------------------------------------------------------------------------------


def test_damage_after_the_texts_does_not_matter() -> None:
    png = with_chunks(PNG, (b"tEXt", b"workflow\0{}"))
    text_ends = png.index(b"workflow") + len(b"workflow\0{}") + 4
    for end in (text_ends, text_ends + 7, text_ends + 30, len(png) - 1):
        assert read_metadata(png[:end]) == {"workflow": "{}"}
    assert read_metadata(png[:text_ends] + b"\xff" * 100) == {"workflow": "{}"}
    assert read_metadata(png[: text_ends - 6]) == {}
    exif = build_exif({MAKE: "workflow:{}"})
    assert read_metadata(encode(noise(), "JPEG", exif=exif)[:300]) == {"workflow": "{}"}


def test_damaged_packed_texts_are_left_out() -> None:
    packed = bytearray(zlib.compress(b"{}" * 100))
    packed[4] ^= 255
    chunks = (b"zTXt", b"workflow\0\0" + bytes(packed)), (b"tEXt", b"prompt\0{}")
    assert read_metadata(with_chunks(PNG, *chunks)) == {"prompt": "{}"}


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_bombs_are_not_unpacked(kind: bytes) -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)
    content = b"workflow\0\0" + bomb if kind == b"zTXt" else b"workflow\0\1\0\0\0" + bomb
    data = with_chunks(PNG, (kind, content))
    with pytest.raises(FileError, match=r"'workflow'.*1000000 bytes"):
        read_metadata(data, max_bytes=1_000_000)
    both = with_chunks(data, (b"tEXt", b"prompt\0{}"))
    assert read_metadata(both, max_bytes=1_000_000) == {"prompt": "{}"}


def test_all_texts_together_are_bounded() -> None:
    chunks = [(b"zTXt", b"k%d\0\0" % index + zlib.compress(bytes(b"x" * 400_000))) for index in range(5)]
    assert set(read_metadata(with_chunks(PNG, *chunks), max_bytes=1_000_000)) == {"k0", "k1"}


@pytest.mark.parametrize("data", [b"", b"{}", b"not a picture", bytes(1000)])
def test_what_is_no_picture(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="not a picture"):
        read_metadata(data)
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(FileError, match=r"'a\.png'"):
        read_metadata(tmp_path / "a.png")


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="folder"):
        read_file(tmp_path)
    with pytest.raises(FileError, match="device"):
        read_file(Path("/dev/zero"))
    with pytest.raises(FileError, match="No such file"):
        read_file(tmp_path / "missing")
    sparse = tmp_path / "sparse.png"
    with sparse.open("wb") as file:
        file.truncate(2**31 + 1)
    with pytest.raises(FileError, match="at most"):
        read_file(sparse)


@given(
    st.sampled_from(["png", "jpeg", "lossy webp", "moving WEBP", "gif"]), st.binary(max_size=40), st.integers(0, 400)
)
def test_no_bytes_make_it_fail(name: str, noise_bytes: bytes, at: int) -> None:
    data = FILES[name]
    at = min(at, len(data))
    try:
        read_metadata(data[:at] + noise_bytes + data[at:])
    except FileError as error:
        assert "not a picture" in str(error)  # noqa: PT017  (an error is one of two right answers)


# -- naming ----------------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(["prompt", "workflow", "extra", "more"]), JSON))
def test_texts_are_json_again(metadata: dict[str, object]) -> None:
    texts = json_texts(metadata)
    assert {key: json.loads(text) for key, text in texts.items()} == metadata
    assert all(text.isascii() for text in texts.values())


def test_mappings_of_every_kind_are_objects() -> None:
    inner = MappingProxyType({"a": (1, 2)})
    assert json_texts({"prompt": MappingProxyType({"1": inner})}) == {"prompt": '{"1": {"a": [1, 2]}}'}


def test_the_prompt_is_the_model_and_others_follow_downwards() -> None:
    texts = {"workflow": "1", "prompt": "2", "extra": "3"}
    assert exif_texts(texts) == {MAKE: "workflow:1", MODEL: "prompt:2", MAKE - 1: "extra:3"}
