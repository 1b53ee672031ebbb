"""What is written is read back; every pixel mode is understood; what is damaged, truncated or huge is refused."""

from __future__ import annotations

import io
import json
import logging
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageOps
from torch import Tensor

from engine.errors import FileError, InputValueError
from engine.images.codec import Picture, encode_apng, encode_jpeg, encode_png, encode_webp, read_image
from engine.images.exif import ORIENTATION
from engine.images.frames import MAX_FRAMES
from engine.images.metadata import read_metadata
from tests.engine.images.files import animate, encode, every_kind, noise, png_chunk, png_of_size, with_chunks

LIMIT = 10**6
FILES = every_kind()
Read = Callable[[bytes], Picture]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_bytes(data: bytes, limit: int = LIMIT) -> Picture:
        (tmp_path / "some.png").write_bytes(data)
        return read_image(tmp_path / "some.png", limit)

    return read_bytes


def attempt(reading: Callable[[], Picture]) -> tuple[Picture | None, str]:
    """The picture, or None and what the error said."""
    try:
        return reading(), ""
    except FileError as error:
        return None, str(error)


def eight_bits(image: Tensor) -> Tensor:
    return (image * 255).clamp(0, 255).to(torch.uint8).float() / 255


# -- round trips -----------------------------------------------------------------------------------------------------


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 4]), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_png_keeps_every_pixel(
    tmp_path_factory: pytest.TempPathFactory, width: int, height: int, channels: int, seed: int
) -> None:
    image = torch.rand(height, width, channels, generator=torch.Generator().manual_seed(seed))
    path = tmp_path_factory.getbasetemp() / "round.png"
    path.write_bytes(encode_png(image))
    picture = read_image(path, LIMIT)
    assert torch.equal(picture.image[0], eight_bits(image[..., :3]).expand(-1, -1, 3))
    if channels == 4:
        assert picture.alpha is not None
        assert torch.equal(picture.alpha[0], eight_bits(image[..., 3]))
        assert torch.equal(picture.mask, 1 - picture.alpha)
    else:
        assert picture.alpha is None
        assert torch.equal(picture.mask, torch.zeros(1, 64, 64))


def test_all_256_values_survive(read: Read) -> None:
    image = (torch.arange(256).float() / 255).reshape(16, 16, 1)
    assert torch.equal(read(encode_png(image)).image[0, ..., :1], image)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("encode_batch", [encode_webp, encode_apng])
def test_animations_keep_frames_and_texts(
    read: Read, encode_batch: Callable[..., bytes], channels: int, tmp_path: Path
) -> None:
    images = torch.rand(3, 7, 9, channels)
    metadata: dict[str, Any] = {"prompt": {"1": {}}, "workflow": {"é": 'a"b'}, "extra": [1]}
    data = encode_batch(images, metadata, fps=25)
    picture = read(data)
    if channels == 3:
        assert torch.equal(picture.image, eight_bits(images))
    assert picture.image.shape == (3, 7, 9, 3)
    assert read_metadata(data) == {
        "prompt": '{"1": {}}',
        "workflow": '{"\\u00e9": "a\\"b"}',
        "extra": "[1]",
    }


def test_one_frame_is_a_still_picture(read: Read) -> None:
    image = torch.rand(1, 5, 6, 3)
    for data in (encode_webp(image), encode_apng(image), encode_png(image[0])):
        assert torch.equal(read(data).image, eight_bits(image))


def test_values_are_clipped_and_truncated(read: Read, caplog: pytest.LogCaptureFixture) -> None:
    values = torch.tensor([-5.0, -0.0, 0.9999, 1.0, 7.0, torch.inf, -torch.inf, 0.5])
    image = values.reshape(1, 8, 1)
    expected = torch.tensor([0, 0, 254, 255, 255, 255, 0, 127]) / 255
    assert torch.equal(read(encode_png(image)).image[0, 0, :, 0], expected)
    assert not caplog.records
    image[0, 0, 0] = torch.nan
    with caplog.at_level(logging.WARNING):
        assert torch.equal(read(encode_png(image)).image[0, 0, :, 0], expected)
    assert "NaN" in caplog.text
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        assert torch.equal(read(encode_png(image.to(dtype))).image[0, 0, 3:, 0], expected[3:])


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 2), (4, 4, 5), (0, 4, 3), (1, 4, 4, 3)])
def test_what_is_no_picture_is_not_written(shape: tuple[int, ...]) -> None:
    for encode_image in (encode_png, encode_jpeg):
        with pytest.raises(InputValueError, match="shape"):
            encode_image(torch.zeros(shape))


_SIZES = st.sampled_from([0, 1, 1000, 40_000, 65_000, 65_530, 65_536, 200_000])


@given(
    st.dictionaries(
        st.one_of(st.sampled_from(["prompt", "workflow", "a b", "é", "skein"]), st.integers(0, 99).map(str)), _SIZES
    )
)
def test_jpeg_carries_texts_of_any_length(sizes: dict[str, int]) -> None:
    metadata = {key: {"text": "é" * (size // 6) + "x" * (size % 6)} for key, size in sizes.items()}
    image = torch.zeros(2, 3, 3)
    data = encode_jpeg(image, metadata)
    assert {key: json.loads(text) for key, text in read_metadata(data).items()} == metadata
    with Image.open(io.BytesIO(data)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (3, 2))
        opened.load()


def test_jpeg_of_smooth_colours_is_close(read: Read) -> None:
    ramp = torch.linspace(0, 1, 64).view(1, 64, 1).expand(48, 64, 3)
    for quality, most in ((100, 2), (90, 4), (1, 128)):
        assert (read(encode_jpeg(ramp, quality=quality)).image[0] - ramp).abs().max() <= most / 255
    grey = read(encode_jpeg(ramp[..., :1])).image[0]
    assert (grey - ramp).abs().max() <= 4 / 255
    transparent = torch.cat([ramp, torch.zeros(48, 64, 1)], -1)
    assert torch.equal(read(encode_jpeg(transparent)).image, read(encode_jpeg(ramp)).image)


def test_jpeg_has_a_largest_side() -> None:
    with pytest.raises(InputValueError, match="at most 65500 pixels a side; this picture has 65501 x 1"):
        encode_jpeg(torch.zeros(1, 65501, 1))


def test_webp_has_a_largest_side() -> None:
    with pytest.raises(InputValueError, match="16383"):
        encode_webp(torch.zeros(1, 1, 16384, 3))


# -- texts -----------------------------------------------------------------------------------------------------------


def test_texts_are_strict_ascii_json() -> None:
    metadata: dict[str, Any] = {
        "prompt": {"1": {"is_changed": [float("nan"), float("inf")], "text": "日本 \ud800"}},
        "": 1,
        "schlüssel\n日" + "x" * 100: "value",
        "odd": object,
        "deep": nested(100_000),
    }
    data = encode_png(torch.zeros(2, 2, 3), metadata)
    texts = read_metadata(data)
    assert texts["prompt"] == '{"1": {"is_changed": [null, null], "text": "\\u65e5\\u672c \\ud800"}}'
    assert texts[("schlüssel__" + "x" * 100)[:79]] == '"value"'
    assert texts["odd"] == f'"{object}"'
    assert len(texts) == 3
    with Image.open(io.BytesIO(data)) as file:
        assert file.info["prompt"] == texts["prompt"]


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"tEXt", b"iCCP", b"eXIf"])
def test_no_text_spoils_a_picture(read: Read, kind: bytes) -> None:
    """Pillow itself refuses a picture for an unpacked text beyond 1 MiB, and warns of odd EXIF."""
    packed = zlib.compress(bytes(3 * 2**20))
    contents = {
        b"zTXt": b"workflow\0\0" + packed,
        b"iTXt": b"workflow\0\1\0\0\0" + packed,
        b"tEXt": b"workflow\0" + b"x" * 2**21,
        b"iCCP": b"profile\0\0" + packed,
        b"eXIf": b"II*\0\x08\0\0\0\xff\xffnonsense",
    }
    plain = encode(noise(), "PNG")
    assert torch.equal(read(with_chunks(plain, (kind, contents[kind]))).image, read(plain).image)


# -- pixel modes -----------------------------------------------------------------------------------------------------


def colors(values: object) -> Tensor:
    return torch.tensor(np.asarray(values, np.float32) / 255)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *(("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGB", "PNG"), ("RGBA", "PNG")),
        *(("1", "BMP"), ("L", "BMP"), ("P", "BMP"), ("RGB", "BMP"), ("RGBA", "BMP")),
        *(("1", "TIFF"), ("L", "TIFF"), ("LA", "TIFF"), ("P", "TIFF"), ("CMYK", "TIFF"), ("RGBA", "TIFF")),
        *(("L", "GIF"), ("P", "GIF"), ("RGB", "WEBP"), ("RGBA", "WEBP")),
    ],
)
def test_modes_mean_what_pillow_says(read: Read, mode: str, kind: str) -> None:
    image = noise(channels=4).convert(mode)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    picture = read(encode(image, kind, **options))
    expected = colors(image.convert("RGBA"))
    assert torch.equal(picture.image[0], expected[..., :3])
    if picture.alpha is not None:
        assert torch.equal(picture.alpha[0], expected[..., 3])
    has_alpha = mode in ("LA", "RGBA") and kind != "BMP"
    assert (picture.alpha is not None) >= has_alpha


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr", "RGB"])
def test_jpeg_modes(read: Read, mode: str) -> None:
    image = Image.new("RGB", (16, 16), (200, 100, 50)).convert(mode)
    got = read(encode(image, "JPEG", quality=100)).image
    assert (got - colors(image.convert("RGB"))).abs().max() < 0.03


def test_grey_of_16_bits_keeps_its_precision(read: Read) -> None:
    values = np.arange(0, 65536, 257 * 3, dtype=np.uint16).reshape(2, -1)
    for kind in ("PNG", "TIFF"):
        got = read(encode(Image.fromarray(values), kind)).image
        assert torch.allclose(got, torch.tensor(values / 65535.0).float()[None, ..., None].expand(got.shape))
    wide = read(encode(Image.fromarray(values.astype(np.int32)), "TIFF")).image
    assert torch.equal(wide, got)


def test_colour_of_16_bits(read: Read) -> None:
    rows = b"\0" + struct.pack(">6H", 65535, 0, 32768, 1, 65534, 257)
    header = struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    data = b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)
    expected = torch.tensor([[1.0, 0.0, 0.5], [0.0, 1.0, 1 / 255]])
    assert (read(data).image[0, 0] - expected).abs().max() < 1 / 255


def test_floats(read: Read) -> None:
    values = np.array([[0.0, 0.25, 1.0, 3.0, -1.0, np.nan]], np.float32)
    expected = torch.tensor([0.0, 0.25, 1.0, 1.0, 0.0, 0.0])
    assert torch.equal(read(encode(Image.fromarray(values), "TIFF")).image[0, 0, :, 0], expected)


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "I;16"])
def test_a_colour_that_is_transparent(read: Read, mode: str) -> None:
    array = np.array([[0, 1, 2, 1]], np.uint16 if mode == "I;16" else np.uint8)
    image = Image.fromarray(array) if mode != "RGB" else Image.fromarray(np.repeat(array[..., None], 3, -1))
    if mode == "P":
        image.putpalette([10, 20, 30] * 3)
    key = struct.pack(">3H", 1, 1, 1) if mode == "RGB" else struct.pack(">H", 1)
    content = bytes([255, 0, 128]) if mode == "P" else key
    png = encode(image, "PNG")
    at = png.index(b"IDAT") - 4
    picture = read(png[:at] + png_chunk(b"tRNS", content) + png[at:])
    assert picture.alpha is not None
    expected = [1.0, 0.0, 128 / 255 if mode == "P" else 1.0, 0.0]
    assert torch.allclose(picture.alpha[0, 0], torch.tensor(expected))


# -- orientation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", [*range(10), 65535])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_pictures_stand_upright(read: Read, kind: str, orientation: int) -> None:
    image = noise(24, 16)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options = {"PNG": {}, "TIFF": {}, "WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}[kind]
    got = read(encode(image, kind, exif=exif, **options))
    image.getexif()[ORIENTATION] = orientation
    expected = colors(ImageOps.exif_transpose(image))
    assert got.image[0].shape == expected.shape
    assert (got.image[0] - expected).abs().max() < (0.2 if kind == "JPEG" else 1e-6)


def test_alpha_is_turned_too(read: Read) -> None:
    image = noise(5, 3, channels=4)
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    got = read(encode(image, "PNG", exif=exif))
    assert got.alpha is not None
    assert torch.equal(got.alpha[0], colors(image)[..., 3].rot90(-1))


# -- animations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF"])
def test_every_frame_becomes_an_image(read: Read, kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    got = read(animate(kind, 4, **options)).image
    assert got.shape == (4, 9, 12, 3)
    if kind != "GIF":
        assert torch.equal(got, torch.stack([colors(noise(12, 9, seed=seed)) for seed in range(4)]))


def test_pages_of_other_sizes_are_left_out(read: Read) -> None:
    pages = [noise(8, 8, seed=1), noise(9, 8, seed=2), noise(8, 8, seed=3)]
    got = read(encode(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert torch.equal(got.image, torch.stack([colors(pages[0]), colors(pages[2])]))


def test_a_frame_without_transparency_is_opaque(read: Read) -> None:
    frames = [noise(8, 8), noise(8, 8, channels=4)]
    got = read(encode(frames[1], "TIFF", save_all=True, append_images=frames[:1]))
    assert got.alpha is not None
    assert torch.equal(got.alpha[1], torch.ones(8, 8))
    assert torch.equal(got.alpha[0], colors(frames[1])[..., 3])


def test_of_many_pictures_in_a_jpeg_the_first_counts(read: Read) -> None:
    data = animate("MPO")
    assert read(data).image.shape == (1, 9, 12, 3)


# -- bad files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("load_truncated", [False, True])
def test_truncated_pictures_are_refused(
    read: Read, name: str, load_truncated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut at each tenth, and near the end: an error, or (where only trailing padding is lost) every pixel.

    Node packs are fond of telling Pillow, for the whole process, to make the best of what is there.
    """
    if load_truncated and ("tiff" in name.lower() or name == "bmp"):
        return  # without end mark: these are Pillow's to judge
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", load_truncated)
    data = FILES[name]
    whole = read(data).image
    cuts = {len(data) * tenth // 10 for tenth in range(10)} | {len(data) - back for back in (1, 2, 3, 5, 9, 13)}
    for cut in sorted(cuts):
        rest, said = attempt(lambda cut=cut: read(data[:cut]))
        if rest is None:
            assert "'some.png'" in said
        else:
            assert name in ("bmp", "moving TIFF"), cut
            assert torch.equal(rest.image, whole)


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=120, deadline=None)
def test_damage_gives_a_picture_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    content = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    picture, said = attempt(lambda: read_image(path, LIMIT))
    if picture is None:
        assert "'damaged'" in said
    else:
        assert 0 <= float(picture.image.min()) <= float(picture.image.max()) <= 1


def test_every_kind_is_read(read: Read) -> None:
    for name, data in FILES.items():
        assert read(data).image.shape[0] == (3 if name.startswith("moving") else 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"hello, world", "not a picture"),
        (b"{}" * 1000, "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (b"\xff\xd8\xff", "truncated"),
        (b"GIF89a\1\0\1\0" + bytes(3) + b"\x3b", "has no frame|damaged"),
        (b"BM" + bytes(100), "damaged"),
        (b"II*\0\x08\0\0\0\0\0", "damaged"),
        (bytes(4) + b"ftypheic" + bytes(40), "damaged|AVIF"),
    ],
)
def test_what_is_no_picture(read: Read, data: bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        read(data)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.png", Path("/dev/zero"), tmp_path / ("x" * 300), Path("a\0b")):
        with pytest.raises(FileError):
            read_image(path, LIMIT)


BOMBS = dict(
    enumerate(
        [
            png_of_size(13_000, 13_000),
            png_of_size(2**31 - 1, 2**31 - 1),
            png_of_size(60_000, 60_000),
            png_of_size(1000, 1000, frames=4000),
            png_of_size(1, 1, frames=2**31 - 1),
            png_of_size(1, 1, frames=MAX_FRAMES + 1),
            b"II*\0\x08\0\0\0\2\0" + struct.pack("<HHIIHHII", 256, 4, 1, 60_000, 257, 4, 1, 60_000) + bytes(4),
            b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(3) + b"\x2c" + bytes(8) + b"\0\x02\0\x3b",
            b"GIF89a\1\0\1\0" + bytes(3) + b"\x2c\0\0\0\0" + struct.pack("<HH", 65535, 65535) + b"\0\x02\0\x3b",
            b"GIF89a\1\0\1\0" + bytes(3) + (b"\x2c\0\0\0\0\1\0\1\0\0\x02\0" * 300_000) + b"\x3b",
        ]
    )
)


@pytest.mark.parametrize("number", BOMBS)
def test_bombs_are_refused_before_they_are_decoded(read: Read, number: int) -> None:
    with pytest.raises(FileError, match="allowed"):
        read(BOMBS[number])


def test_more_frames_than_ever_are_refused_with_the_limit(read: Read) -> None:
    with pytest.raises(FileError, match=f"at most {MAX_FRAMES} are allowed, a fixed limit"):
        read(png_of_size(1, 1, frames=MAX_FRAMES + 1))


def test_the_limit_counts_pixels_of_all_frames(tmp_path: Path) -> None:
    for kind in ("PNG", "WEBP", "GIF", "TIFF"):
        path = tmp_path / kind
        path.write_bytes(animate(kind, 4))
        assert read_image(path, 4 * 9 * 12).image.shape[0] == 4
        with pytest.raises(FileError, match=f"at most {4 * 9 * 12 - 1} pixels"):
            read_image(path, 4 * 9 * 12 - 1)


def test_only_our_limit_counts_where_pillow_lets_us(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow warns beyond a limit of its own, and fails beyond twice that; nobody gets to see the warning."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    for name, data in FILES.items():
        if name in ("interlaced",) or not {"gif", "tiff", "webp"} & set(name.lower().split()):
            read(data)
        else:
            with pytest.raises(FileError, match="pixels"):
                read(data)
