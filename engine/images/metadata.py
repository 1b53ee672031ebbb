"""The texts that a picture file carries: workflows, prompts, parameters. Read and named here; no pixel is decoded.

Pictures of every origin are read by content, whatever their extension, and past damage that comes after the texts.
What each container holds where: `read_metadata`. Writing stands in `engine.images.codec`.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import re
import stat
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from engine.errors import FileError
from engine.images.containers import TruncatedError, jpeg_segments, png_chunks, sniff, webp_chunks
from engine.images.exif import MAKE, MODEL, USER_COMMENT, build_exif, read_exif

MAX_TEXT_BYTES = 64 * 2**20
MAX_FILE_BYTES = 2**31

_APP1 = 0xE1
_MOST_IN_SEGMENT = 65_533
_MOST_IN_EXIF = 32
_MOST_REFUSED = 3
_LONG_TEXT = b"skein/text\0"
"""Begins the segments of a JPEG file that hold a text too long for EXIF: its key, NUL, a part of it."""
_KEY = re.compile(r"[A-Za-z_][\w.-]*")
_KEYED = re.compile(rf"({_KEY.pattern}):\s*(?=[\[{{\"0-9-]|true|false|null)")
_TIFF_HEADER = re.compile(rb"II\*\0\x08\0\0\0|MM\0\*\0\0\0\x08")
_Text = tuple[str, bytes, bool]  # key, text, whether it is packed by zlib
logger = logging.getLogger(__name__)


def read_file(path: Path) -> bytes:
    """The bytes of a regular file.

    Raises:
        FileError: if it is missing, a folder, a device, larger than 2 GiB, or cannot be read.
    """
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_FILE_BYTES:
            raise FileError(f"{path.name!r} has {size} bytes; at most {MAX_FILE_BYTES} are read, a fixed limit.")
        try:
            return file.read()
        except OSError as error:
            raise FileError(f"Cannot read {path.name!r}: {error.strerror or error}.") from error


def open_file(path: Path) -> BinaryIO:
    """A regular file, open for reading.

    Raises:
        FileError: if it is missing, a folder, a device, or cannot be opened.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise FileError(f"{path.name!r} is not a file but a {'folder' if path.is_dir() else 'device'}.")
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise FileError(f"Cannot read {path.name!r}: {reason}.") from error


def read_metadata(source: Path | bytes, max_bytes: int = MAX_TEXT_BYTES) -> dict[str, str]:
    """Every text in a picture by its key: `workflow`, `prompt`, `parameters`, ...; empty if there is none.

    | container | where |
    |---|---|
    | PNG | tEXt, zTXt, iTXt, the private `comf` chunks of animations, eXIf |
    | WebP, JPEG, AVIF | EXIF: any text of the form `key:json`; a user comment in plain words is `parameters` |
    | JPEG | segments of ours with what is too long for EXIF |

    Args:
        source: A file's path or its bytes.
        max_bytes: What all texts together may take, unpacked.

    Raises:
        FileError: if the file cannot be read, is no picture, or holds nothing but texts beyond `max_bytes`.
    """
    data = source if isinstance(source, bytes) else read_file(source)
    name = "The picture" if isinstance(source, bytes) else repr(source.name)
    scanned = scan_texts(data, max_bytes)
    if scanned is None:
        raise FileError(f"{name} is not a picture: its first bytes are of no known format.")
    for key in scanned.refused:
        logger.warning("The text %r in %s is larger than %d bytes and left out.", key, name, max_bytes)
    if scanned.refused and not scanned.texts:
        raise FileError(
            f"The text {scanned.refused[0]!r} in {name} is too large: at most {max_bytes} bytes are read, a fixed"
            " limit."
        )
    return scanned.texts


class ScannedTexts(NamedTuple):
    """What `scan_texts` found.

    Attributes:
        texts: By key; of two with the same key the last.
        refused: Keys of those that are too large.
        is_cut_off: The file ends before its parts do.
    """

    texts: dict[str, str]
    refused: list[str]
    is_cut_off: bool


def scan_texts(data: bytes, max_bytes: int) -> ScannedTexts | None:
    """Every text in a picture, as far as they may take `max_bytes` together, unpacked; None if it is no picture."""
    kind = sniff(data)
    if kind is None:
        return None
    texts: dict[str, str] = {}
    refused: list[str] = []
    left = max_bytes
    try:
        for key, text, is_packed in _READERS.get(kind, _read_nothing)(data):
            plain = _unpack(text, left) if is_packed else text
            if plain is None or len(plain) > left:
                refused.append(key)
                if len(refused) >= _MOST_REFUSED:  # each has cost the time to unpack as much as is allowed
                    break
            elif plain:
                left -= len(plain)
                texts[key] = decode_text(plain)
    except TruncatedError:
        return ScannedTexts(texts, refused, True)
    return ScannedTexts(texts, refused, False)


def decode_text(text: bytes) -> str:
    """A text as its writer meant it: UTF-8, or Latin-1 where it is none; without zeros that fill it up."""
    text = text.rstrip(b"\0")
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _unpack(packed: bytes, max_bytes: int) -> bytes | None:
    """Inflate, but not beyond `max_bytes`: None if there is more. What damage leaves of a text is no text: empty."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(packed, max_bytes + 1)
    except zlib.error:
        return b""
    return None if len(text) > max_bytes else text


def _read_png(data: bytes) -> Iterator[_Text]:
    for kind, content, _ in png_chunks(data):
        if kind == b"eXIf":
            yield from _read_exif_texts(bytes(content))
        elif kind in (b"tEXt", b"zTXt", b"iTXt", b"comf"):
            key, _, text = bytes(content).partition(b"\0")
            packed = kind == b"zTXt"
            if kind == b"zTXt":
                text = text[1:]
            elif kind == b"iTXt":
                packed = text[:1] == b"\1"
                text = text[2:].partition(b"\0")[2].partition(b"\0")[2]
            yield key.decode("latin-1"), text, packed


def _read_jpeg(data: bytes) -> Iterator[_Text]:
    parts: dict[bytes, bytearray] = {}
    is_cut_off = False
    try:
        for marker, content, _ in jpeg_segments(data):
            if marker == _APP1 and bytes(content[:6]) == b"Exif\0\0":
                yield from _read_exif_texts(bytes(content))
            elif marker == _APP1 and bytes(content[: len(_LONG_TEXT)]) == _LONG_TEXT:
                key, _, part = bytes(content[len(_LONG_TEXT) :]).partition(b"\0")
                parts.setdefault(key, bytearray()).extend(part)
    except TruncatedError:
        is_cut_off = True
    for key, text in parts.items():
        yield key.decode("latin-1"), bytes(text), False
    if is_cut_off:
        raise TruncatedError


def _read_webp(data: bytes) -> Iterator[_Text]:
    for kind, content in webp_chunks(data):
        if kind == b"EXIF":
            yield from _read_exif_texts(bytes(content))


def _read_boxes(data: bytes) -> Iterator[_Text]:
    """EXIF in a box file (AVIF), found by its header: where the boxes say it is hardly matters, its texts tell."""
    for found in itertools.islice(_TIFF_HEADER.finditer(data), 16):
        yield from _read_exif_texts(data[found.start() :])


def _read_nothing(_: bytes) -> Iterator[_Text]:
    yield from ()


_READERS = {"PNG": _read_png, "JPEG": _read_jpeg, "WEBP": _read_webp, "AVIF": _read_boxes}


def _read_exif_texts(block: bytes) -> Iterator[_Text]:
    for tag, value in read_exif(block).items():
        if not isinstance(value, bytes):
            continue
        text = _decode_comment(value) if tag == USER_COMMENT else decode_text(value)
        if keyed := _KEYED.match(text):
            yield keyed[1], text[keyed.end() :].encode(errors="replace"), False
        elif tag == USER_COMMENT and text.strip():
            yield "parameters", text.encode(errors="replace"), False


def _decode_comment(value: bytes) -> str:
    """The text of a user comment, whose first eight bytes name its encoding."""
    code, text = value[:8], value[8:]
    if code.startswith(b"UNICODE"):  # of either byte order, whatever the block's own is
        return text.decode("utf-16-le" if text[1:2] == b"\0" else "utf-16-be", "replace").strip("\0\ufeff")
    return decode_text(text if code in (b"ASCII\0\0\0", b"\0" * 8) else value)


def json_texts(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Metadata as strict ASCII JSON by key. NaN and infinities become null; what isn't JSON becomes its text."""
    texts: dict[str, str] = {}
    for key, value in metadata.items():
        try:
            texts[key] = _strict_json(value)
        except (ValueError, RecursionError) as error:
            logger.warning("The metadata %r cannot be written as JSON and are left out: %s", key, error)
    return texts


def _strict_json(value: object) -> str:
    text = json.dumps(value, default=_plain)
    if "NaN" in text or "Infinity" in text:
        text = json.dumps(json.loads(text, parse_constant=lambda _: None), allow_nan=False)
    return text


def _plain(value: object) -> object:
    """What JSON has in place of an object that it does not know."""
    return dict(cast("Mapping[Any, Any]", value)) if isinstance(value, Mapping) else str(value)


def exif_texts(texts: Mapping[str, str]) -> dict[int, str]:
    """Where EXIF keeps texts: `prompt` in the tag Model, others in Make and the tags below it, while there are any."""
    others = [key for key in texts if key != "prompt"]
    places = dict(zip(others, range(MAKE, 0, -1), strict=False))
    places |= {key: MODEL for key in texts if key == "prompt"}
    return {place: f"{key}:{texts[key]}" for key, place in places.items()}


def jpeg_segments_of(texts: Mapping[str, str]) -> bytes:
    """Segments of a JPEG file that hold texts in ASCII: EXIF as far as it can, which is 64 KB at most."""
    exif: dict[str, str] = {}
    rest: list[bytes] = []
    block = b""
    for key, text in sorted(texts.items(), key=lambda item: len(item[1])):
        if _KEY.fullmatch(key) and len(exif) < _MOST_IN_EXIF:
            larger = build_exif(exif_texts({**exif, key: text}))
            if len(larger) <= _MOST_IN_SEGMENT:
                exif[key], block = text, larger
                continue
        start = _LONG_TEXT + key.encode("latin-1", "replace") + b"\0"
        content, step = text.encode("ascii", "replace"), _MOST_IN_SEGMENT - len(start)
        rest += [start + content[at : at + step] for at in range(0, len(content), step)]
    segments = ([block] if exif else []) + rest
    return b"".join(b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment for segment in segments)
