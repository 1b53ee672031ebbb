"""Tags of sounds: FLAC, Ogg (Vorbis, Opus, FLAC, Speex, Theora) and MP3.

Sources: RFC 9639 (FLAC) section 8; RFC 3533 (Ogg) section 6; RFC 7845 (Opus) section 5.2; the Vorbis I specification,
section 5; id3.org, "ID3 tag version 2.3.0" and "2.4.0 - Main Structure" and "Native Frames".
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.embedded.source import DamagedError, Source

Texts = Iterator[tuple[str, bytes | str]]

_FLAC_COMMENT = 4
_MOST_COMMENTS = 10_000
_MOST_STREAMS = 16
_COMMENT_HEADERS = ((b"\x03vorbis", 7), (b"OpusTags", 8), (b"\x81theora", 7))
_ID3_TEXT = {"TXXX": 0, "TXX": 0, "COMM": 3, "COM": 3}
"""Frames that hold a name and a text, and how many bytes of language stand before the name."""
_ID3_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_ID3_UNSYNCHRONISED, _ID3_EXTENDED = 0x80, 0x40
_ID3_PACKED = {3: 0x00C0, 4: 0x000C}
"""Flags of a frame that is compressed or encrypted, by version."""


def read_flac(source: Source) -> Texts:
    """Comments of a FLAC file, whose metadata stand before the sound."""
    yield from _read_flac_at(source, 4)


def _read_flac_at(source: Source, at: int) -> Texts:
    is_last = False
    while not is_last:
        source.count_part()
        header = source.require(at, 4)
        is_last, kind, length = header[0] >= 0x80, header[0] & 0x7F, int.from_bytes(header[1:], "big")
        if kind == _FLAC_COMMENT:
            block = source.take(at + 4, length, "comments")
            if block is not None:
                yield from _read_comments(block)
        at += 4 + length


def read_ogg(source: Source) -> Texts:
    """Comments of every stream of an Ogg file: each has them in its second packet."""
    packets: dict[bytes, list[bytearray]] = {}
    finished: set[bytes] = set()
    at = 0
    while at < source.size_bytes:
        source.count_part()
        header = source.require(at, 27)
        if header[:4] != b"OggS":
            raise DamagedError(f"no page of Ogg begins at byte {at}")
        serial, lacing = header[14:18], source.require(at + 27, header[26])
        at += 27 + len(lacing)
        stream = packets.setdefault(serial, [bytearray()])
        if serial not in finished and not _add_page(source, stream, at, lacing):
            finished.add(serial)
            yield from _read_ogg_comment(bytes(stream[1]))
        at += sum(lacing)
        if len(finished) == len(packets) or len(packets) > _MOST_STREAMS:
            return


def _add_page(source: Source, stream: list[bytearray], at: int, lacing: bytes) -> bool:
    """Add what a page holds to the packets of its stream; False once the second packet is complete."""
    content = source.take(at, sum(lacing), "comments")
    if content is None:
        stream.extend(bytearray() for _ in range(2 - len(stream)))
        return False
    place = 0
    for length in lacing:
        stream[-1] += content[place : place + length]
        place += length
        if length < 255:
            if len(stream) == 2:
                return False
            stream.append(bytearray())
    return True


def _read_ogg_comment(packet: bytes) -> Texts:
    for start, skipped in _COMMENT_HEADERS:
        if packet.startswith(start):
            return _read_comments(packet[skipped:])
    if packet[:1] and packet[0] & 0x7F == _FLAC_COMMENT:
        return _read_comments(packet[4:])
    return _read_comments(packet)  # Speex has no header before it


def _read_comments(block: bytes) -> Texts:
    """`KEY=text`, each with its length before it; keys are the same in capitals and small letters."""
    at = 4 + int.from_bytes(block[:4], "little")  # who wrote it
    count = int.from_bytes(block[at : at + 4], "little")
    at += 4
    for _ in range(min(count, _MOST_COMMENTS)):
        length = int.from_bytes(block[at : at + 4], "little")
        if at + 4 > len(block) or at + 4 + length > len(block):
            raise DamagedError("a comment is longer than the block it stands in")
        key, _, text = block[at + 4 : at + 4 + length].partition(b"=")
        yield key.decode("latin-1").lower(), text
        at += 4 + length


def read_id3(source: Source) -> Texts:
    """Named texts and comments of an ID3v2 tag at the start of a file, and what a FLAC file behind it says."""
    header = source.require(0, 10)
    version, flags, length = header[3], header[5], _syncsafe(header[6:10])
    data = source.take(10, length, "ID3 tag")
    if data is not None:
        if flags & _ID3_UNSYNCHRONISED and version < 4:
            data = data.replace(b"\xff\0", b"\xff")
        yield from _read_frames(source, data, version, bool(flags & _ID3_EXTENDED))
    if source.read(10 + length, 4) == b"fLaC":
        yield from _read_flac_at(source, 14 + length)


def _read_frames(source: Source, data: bytes, version: int, is_extended: bool) -> Texts:
    letters, numbers = (3, 3) if version == 2 else (4, 4)
    header_bytes = 6 if version == 2 else 10
    at = 0
    if is_extended and version > 2:
        at = _syncsafe(data[:4]) if version == 4 else 4 + int.from_bytes(data[:4], "big")
    while at + header_bytes <= len(data) and data[at]:
        source.count_part()
        name = data[at : at + letters].decode("latin-1")
        size = data[at + letters : at + letters + numbers]
        length = _syncsafe(size) if version == 4 else int.from_bytes(size, "big")
        flags = int.from_bytes(data[at + 8 : at + 10], "big") if version > 2 else 0
        content = data[at + header_bytes : at + header_bytes + length]
        if len(content) < length:
            raise DamagedError(f"its frame {name!r} is longer than the tag")
        if name in _ID3_TEXT and content and not flags & _ID3_PACKED.get(version, 0):
            yield _read_named_text(name, content[4:] if version == 4 and flags & 1 else content, flags, version)
        at += header_bytes + length


def _read_named_text(name: str, content: bytes, flags: int, version: int) -> tuple[str, str]:
    if version == 4 and flags & 2:
        content = content.replace(b"\xff\0", b"\xff")
    encoding = _ID3_ENCODINGS[content[0]] if content and content[0] < len(_ID3_ENCODINGS) else "latin-1"
    content = content[1 + _ID3_TEXT[name] :]
    step = 2 if encoding.startswith("utf-16") else 1
    end = next((at for at in range(0, len(content), step) if not any(content[at : at + step])), len(content))
    key, text = (part.decode(encoding, "replace") for part in (content[:end], content[end + step :]))
    return key.strip("\0\ufeff").lower() or "comment", text.strip("\0\ufeff")


def _syncsafe(data: bytes) -> int:
    """Numbers of seven bits a byte."""
    number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
    return number
