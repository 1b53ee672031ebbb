"""Tags of films: MP4 and QuickTime (`moov/meta`, `moov/udta`), Matroska and WebM. Only headers are read, the rest is
passed over.

Sources: ISO/IEC 14496-12 section 4.2 and 8.10; Apple, "QuickTime File Format" (metadata, user data); RFC 8794 (EBML)
sections 4 to 6; RFC 9559 (Matroska) section 5.1.8.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.embedded.source import DamagedError, Source

Texts = Iterator[tuple[str, bytes | str]]

_INSIDE_BOXES = frozenset({b"moov", b"udta"})
_NAMED_BOXES = {b"\xa9cmt": "comment", b"\xa9des": "description", b"desc": "description", b"\xa9nam": "title"}
_MOST_LEVELS = 8
_MOST_NAME_BYTES = 1000

_SEGMENT, _TAGS, _TAG, _SIMPLE_TAG = 0x18538067, 0x1254C367, 0x7373, 0x67C8
_TAG_NAME, _TAG_STRING, _TAG_BINARY, _CLUSTER = 0x45A3, 0x4487, 0x4485, 0x1F43B675
_INSIDE_ELEMENTS = frozenset({_SEGMENT, _TAGS, _TAG, _SIMPLE_TAG})


# -- MP4, MOV --------------------------------------------------------------------------------------------------------


def read_boxes(source: Source) -> Texts:
    """Texts of a file's movie, wherever in the file it stands."""
    yield from _read_boxes(source, 0, source.size_bytes, 0)


def _boxes(source: Source, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, begin and end of the content of each box.

    Raises:
        DamagedError: after the last whole box, if the next one is longer than what it stands in.
    """
    while at + 8 <= end:
        source.count_part()
        header = source.require(at, 8)
        size, kind, begin = int.from_bytes(header[:4], "big"), header[4:], at + 8
        if size == 1:
            size, begin = int.from_bytes(source.require(begin, 8), "big"), at + 16
        after = end if size == 0 else at + size
        if after < begin:
            return  # user data of QuickTime end with four zero bytes
        if after > end:
            raise DamagedError(f"its box {kind!r} at byte {at} is said to end at byte {after}, beyond byte {end}")
        yield kind, begin, after
        at = after


def _read_boxes(source: Source, at: int, end: int, level: int) -> Texts:
    for kind, begin, after in _boxes(source, at, end):
        if kind in _INSIDE_BOXES and level < _MOST_LEVELS:
            yield from _read_boxes(source, begin, after, level + 1)
        elif kind == b"meta":
            yield from _read_meta(source, begin, after)
        elif kind in _NAMED_BOXES and level and after - begin > 4:  # length and language, then the text
            length = int.from_bytes(source.require(begin, 2), "big")
            text = source.take(begin + 4, min(length, after - begin - 4), _NAMED_BOXES[kind])
            if text is not None:
                yield _NAMED_BOXES[kind], text


def _read_meta(source: Source, begin: int, end: int) -> Texts:
    """The items of a list, named by their type or by number in a table of keys."""
    if source.read(begin + 4, 4) != b"hdlr":  # in MP4 there are four bytes of version and flags before it
        begin += 4
    keys: list[str] = []
    for kind, start, after in _boxes(source, begin, end):
        if kind == b"keys":
            keys = list(_read_keys(source, start, after))
        elif kind == b"ilst":
            for name, first, last in _boxes(source, start, after):
                yield from _read_item(source, name, keys, first, last)


def _read_keys(source: Source, begin: int, end: int) -> Iterator[str]:
    at = begin + 8
    while at + 8 <= end:
        source.count_part()
        length = int.from_bytes(source.require(at, 4), "big")
        if length < 8 or at + length > end:
            raise DamagedError("its table of keys is damaged")
        yield source.require(at + 8, min(length - 8, _MOST_NAME_BYTES)).decode(errors="replace")
        at += length


def _read_item(source: Source, kind: bytes, keys: list[str], begin: int, end: int) -> Texts:
    number = int.from_bytes(kind, "big")
    name = keys[number - 1] if 0 < number <= len(keys) else _NAMED_BOXES.get(kind, "")
    for part, start, after in _boxes(source, begin, end):
        if part == b"name" and kind == b"----":
            name = source.read(start + 4, min(after - start - 4, _MOST_NAME_BYTES)).decode(errors="replace")
        elif part == b"data" and name and after - start >= 8:
            text = source.take(start + 8, after - start - 8, name)
            if text is not None:
                yield name, text


# -- Matroska, WebM --------------------------------------------------------------------------------------------------


def read_matroska(source: Source) -> Texts:
    """Texts of the tags of a file, wherever they stand."""
    yield from _read_elements(source, 0, source.size_bytes, 0)


def _read_elements(source: Source, at: int, end: int, level: int) -> Texts:
    name = ""
    while at < end:
        source.count_part()
        header = source.read(at, 12)
        kind, kind_bytes = _read_number(header, keep_mark=True)
        size, size_bytes = _read_number(header[kind_bytes:])
        begin = at + kind_bytes + size_bytes
        if size == (1 << 7 * size_bytes) - 1:  # the length is not known: of a cluster that was streamed, or of it all
            at = begin
            if kind in _INSIDE_ELEMENTS and level < _MOST_LEVELS:
                yield from _read_elements(source, begin, end, level + 1)
                return
            if kind != _CLUSTER:
                raise DamagedError(f"its element {kind:x} at byte {at} has no length")
            continue
        after = begin + size
        if after > end and kind != _SEGMENT:
            raise DamagedError(f"its element {kind:x} at byte {at} is said to end at byte {after}, beyond byte {end}")
        if kind in _INSIDE_ELEMENTS and level < _MOST_LEVELS:
            yield from _read_elements(source, begin, min(after, end), level + 1)
        elif kind == _TAG_NAME:
            name = source.require(begin, min(size, _MOST_NAME_BYTES)).decode(errors="replace").strip("\0").lower()
        elif kind in (_TAG_STRING, _TAG_BINARY) and name:
            text = source.take(begin, size, name)
            if text is not None:
                yield name, text
        at = after


def _read_number(data: bytes, *, keep_mark: bool = False) -> tuple[int, int]:
    """A number whose first bits say how long it is, and how long it is.

    Raises:
        DamagedError: if it is none, or cut off.
    """
    length = 9 - data[0].bit_length() if data else 0
    if not 0 < length <= min(8, len(data)):
        raise DamagedError("it ends, or has no number, where an element should begin")
    number = int.from_bytes(data[:length], "big")
    return (number if keep_mark else number & ((1 << 7 * length) - 1)), length
