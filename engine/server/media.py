"""The file types that clients may bring and see: by suffix, what a file says it is, and how one tells that it is so.

One table. What is not in it is not taken as an upload, and served only as an attachment without a type of its own.
Pictures are looked at closely by `engine.images.frames`; of the others only the beginning is looked at, which is
enough to keep out what a browser would run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Literal, NamedTuple

from engine.errors import FileError
from engine.images.frames import check_picture

Kind = Literal["picture", "audio", "video", "model"]
_HEAD_BYTES = 4096


class Medium(NamedTuple):
    """A file type.

    Attributes:
        media_type: As HTTP names it.
        kind: What it is to a user.
        begins_right: Whether the first bytes of a file are those of this type; None for pictures.
    """

    media_type: str
    kind: Kind
    begins_right: Callable[[bytes], bool] | None = None


def _starts(*beginnings: bytes, at: int = 0) -> Callable[[bytes], bool]:
    return lambda head: head[at:].startswith(beginnings)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] in (b"RIFF", b"RF64") and head[8:12] == form


def _is_mpeg_audio(head: bytes) -> bool:
    """ID3, or a frame's eleven set bits."""
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


def _is_plain_text(head: bytes) -> bool:
    """Text that no browser takes for a page."""
    return bool(head) and b"\0" not in head and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _is_json_object(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _is_plain_text(head)


def _is_tensor_file(head: bytes) -> bool:
    return len(head) >= 10 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= 2**27


def _is_stl(head: bytes) -> bool:
    """A header of 80 bytes of whatever kind and a count, or text."""
    return len(head) >= 84 and not head.lstrip().startswith(b"<")


_boxes = _starts(b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", at=4)
_matroska = _starts(b"\x1a\x45\xdf\xa3")
_ogg = _starts(b"OggS")
_MODEL = "application/octet-stream"

MEDIA: dict[str, Medium] = {
    ".png": Medium("image/png", "picture"),
    ".apng": Medium("image/apng", "picture"),
    ".jpg": Medium("image/jpeg", "picture"),
    ".jpeg": Medium("image/jpeg", "picture"),
    ".jfif": Medium("image/jpeg", "picture"),
    ".webp": Medium("image/webp", "picture"),
    ".gif": Medium("image/gif", "picture"),
    ".bmp": Medium("image/bmp", "picture"),
    ".tif": Medium("image/tiff", "picture"),
    ".tiff": Medium("image/tiff", "picture"),
    ".avif": Medium("image/avif", "picture"),
    ".mp3": Medium("audio/mpeg", "audio", _is_mpeg_audio),
    ".wav": Medium("audio/wav", "audio", _riff(b"WAVE")),
    ".flac": Medium("audio/flac", "audio", _starts(b"fLaC")),
    ".ogg": Medium("audio/ogg", "audio", _ogg),
    ".oga": Medium("audio/ogg", "audio", _ogg),
    ".opus": Medium("audio/ogg", "audio", _ogg),
    ".m4a": Medium("audio/mp4", "audio", _boxes),
    ".aac": Medium("audio/aac", "audio", _is_mpeg_audio),
    ".aif": Medium("audio/aiff", "audio", _starts(b"FORM")),
    ".aiff": Medium("audio/aiff", "audio", _starts(b"FORM")),
    ".mp4": Medium("video/mp4", "video", _boxes),
    ".m4v": Medium("video/mp4", "video", _boxes),
    ".mov": Medium("video/quicktime", "video", _boxes),
    ".webm": Medium("video/webm", "video", _matroska),
    ".mkv": Medium("video/x-matroska", "video", _matroska),
    ".avi": Medium("video/x-msvideo", "video", _riff(b"AVI ")),
    ".ogv": Medium("video/ogg", "video", _ogg),
    ".glb": Medium("model/gltf-binary", "model", _starts(b"glTF")),
    ".gltf": Medium("model/gltf+json", "model", _is_json_object),
    ".obj": Medium(_MODEL, "model", _is_plain_text),
    ".fbx": Medium(_MODEL, "model", _starts(b"Kaydara FBX Binary", b"; FBX")),
    ".ply": Medium(_MODEL, "model", _starts(b"ply")),
    ".stl": Medium(_MODEL, "model", _is_stl),
    ".latent": Medium(_MODEL, "model", _is_tensor_file),
    ".safetensors": Medium(_MODEL, "model", _is_tensor_file),
}
_SHOWN: frozenset[Kind] = frozenset({"picture", "audio", "video"})
_HARMLESS = {".json": "application/json", ".txt": "text/plain", ".csv": "text/csv", ".log": "text/plain"}


def find_medium(name: str) -> Medium | None:
    """The file type that a name claims, None if it is none of those that are taken."""
    return MEDIA.get(PurePath(name).suffix.lower())


def describe_delivery(name: str) -> tuple[str, bool]:
    """How a file of this name is served: its media type, and whether a browser may show it (or must save it)."""
    medium = find_medium(name)
    if medium is None:
        return _HARMLESS.get(PurePath(name).suffix.lower(), "application/octet-stream"), False
    return medium.media_type, medium.kind in _SHOWN


def check_content(path: Path, name: str, max_pixels: int) -> None:
    """See to it that a file is what its name says: a picture of whatever format, or a sound, film or model.

    Raises:
        FileError: if the suffix is not one of those taken, or the content something else, cut off or too large.
    """
    medium = find_medium(name)
    suffix = PurePath(name).suffix
    if medium is None:
        raise FileError(
            f"{name!r} is not a picture, sound, film or model by its name: {suffix!r} is none of {', '.join(MEDIA)}."
        )
    if medium.begins_right is None:
        check_picture(path, max_pixels, name)
        return
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not medium.begins_right(head):
        raise FileError(f"{name!r} is not the {medium.kind} that {suffix!r} says: its first bytes are of another kind.")
