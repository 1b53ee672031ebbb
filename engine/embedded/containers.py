"""Which files carry workflows, and where: one table. Files are told by their first bytes, whatever they are called.

A new kind of file is one entry of `CONTAINERS`: how it begins, and a function that gives its texts. What the texts mean
is the business of `engine.graph.document`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from engine.embedded.audio import read_flac, read_id3, read_ogg
from engine.embedded.documents import read_glb, read_safetensors, read_svg
from engine.embedded.source import DamagedError, Source
from engine.embedded.video import read_boxes, read_matroska
from engine.errors import FileError, WorkflowError
from engine.graph.a1111_text import is_parameters
from engine.graph.document import PARAMETERS, choose_texts, parse_json_text
from engine.images.containers import sniff
from engine.images.metadata import MAX_FILE_BYTES, decode_text, open_file, scan_texts

HEAD_BYTES = 512
"""So much of a file tells its kind."""

_PICTURE_BRANDS = frozenset({b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"hevc"})
_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip", b"pnot"})
_SHOWN_KEYS = 20
_BEGINS_JSON = (b"{", b"[", b'"')
_MARKS = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file.

    Attributes:
        name: What users call it.
        recognise: Whether a file that begins like this is one.
        read: Its texts by key, of which the last of a key counts. Raises `DamagedError` where the file is damaged.
    """

    name: str
    recognise: Callable[[bytes], bool]
    read: Callable[[Source], Iterator[tuple[str, bytes | str]]]


@dataclass(frozen=True, slots=True)
class CarriedTexts:
    """What a file carries.

    Attributes:
        container: Its kind.
        texts: By key.
        refused: The first text that is too long; empty if none is.
        damage: What is wrong with the file; empty if nothing was noticed.
        max_bytes: What all texts together could take.
    """

    container: Container
    texts: dict[str, str]
    refused: str = ""
    damage: str = ""
    max_bytes: int = 0


def _is_picture(head: bytes) -> bool:
    kind = sniff(head)
    if kind != "AVIF":
        return kind is not None
    brands = head[8 : min(len(head), int.from_bytes(head[:4], "big"))]
    return any(brands[at : at + 4] in _PICTURE_BRANDS for at in range(0, len(brands), 4))


def _read_picture(source: Source) -> Iterator[tuple[str, bytes | str]]:
    if source.size_bytes > MAX_FILE_BYTES:
        raise DamagedError(
            f"it has {source.size_bytes} bytes; of a picture at most {MAX_FILE_BYTES} are read, a fixed limit"
        )
    scanned = scan_texts(source.read(0, source.size_bytes), source.left_bytes)
    if scanned is None:
        return
    source.refused = next(iter(scanned.refused), "")
    yield from scanned.texts.items()
    if scanned.is_cut_off:
        raise DamagedError("it is cut off")


def _is_svg(head: bytes) -> bool:
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace").lstrip()
    return text.startswith(("<svg", "<?xml", "<!DOCTYPE svg", "<!--"))


def _is_safetensors(head: bytes) -> bool:
    """A length of less than 4 GiB, and the begin of JSON."""
    return head[8:9] == b"{" and head[4:8] == b"\0\0\0\0"


CONTAINERS: tuple[Container, ...] = (
    Container("picture", _is_picture, _read_picture),
    Container("FLAC file", lambda head: head.startswith(b"fLaC"), read_flac),
    Container("Ogg file", lambda head: head.startswith(b"OggS"), read_ogg),
    Container("MP3 file", lambda head: head.startswith(b"ID3"), read_id3),
    Container("MP4 or QuickTime film", lambda head: head[4:8] in _FIRST_BOXES, read_boxes),
    Container("Matroska or WebM film", lambda head: head.startswith(b"\x1a\x45\xdf\xa3"), read_matroska),
    Container("GLB scene", lambda head: head.startswith(b"glTF"), read_glb),
    Container("SVG drawing", _is_svg, read_svg),
    Container("safetensors file", _is_safetensors, read_safetensors),
)


def find_container(head: bytes) -> Container | None:
    """The kind of a file that begins like this; None if it is none that carries texts. JSON is none."""
    return next((container for container in CONTAINERS if container.recognise(head[:HEAD_BYTES])), None)


def read_texts(file: BinaryIO, max_bytes: int) -> CarriedTexts | None:
    """Every text that a file carries; None if it is of no kind that carries any.

    Args:
        file: Can be read and sought in.
        max_bytes: What all texts together may take.

    Raises:
        OSError: if it cannot be read.
    """
    file.seek(0)
    container = find_container(file.read(HEAD_BYTES))
    if container is None:
        return None
    source = Source(file, max_bytes)
    texts: dict[str, str] = {}
    damage = ""
    try:
        for key, text in container.read(source):
            texts[key] = text if isinstance(text, str) else decode_text(text)
    except DamagedError as error:
        damage = str(error)
    return CarriedTexts(container, texts, source.refused, damage, max_bytes)


def read_document(path: Path, max_bytes: int) -> Any:
    """The document in a JSON file, or what another file carries: for `engine.graph.document.read_workflow`.

    Raises:
        FileError: if the file cannot be read.
        WorkflowError: if it is larger than `max_bytes`, no JSON, or carries no workflow.
    """
    name = repr(path.name)
    with closing(open_file(path)) as file:
        try:
            carried = read_texts(file, max_bytes)
            if carried is not None:
                return document_in(carried, name)
            size = file.seek(0, io.SEEK_END)
            if size > max_bytes:
                raise WorkflowError(
                    f"{name} has {size} bytes; a workflow of more than {max_bytes}, a fixed limit, is not read."
                )
            file.seek(0)
            data = file.read()
        except OSError as error:
            raise FileError(f"Cannot read {name}: {error.strerror or error}.") from error
    if not data.lstrip(_MARKS).startswith(_BEGINS_JSON):  # the text of `parameters` in a file of its own
        text = data.decode("utf-8-sig", "replace")
        if is_parameters(text):
            return {PARAMETERS: text}
    return parse_json_text(data, name)


def document_in(carried: CarriedTexts, name: str) -> dict[str, Any]:
    """The texts of a file that are a workflow, by their keys.

    Args:
        carried: As read.
        name: The file, at the begin of a sentence.

    Raises:
        WorkflowError: if there are none; says what there is.
    """
    if (found := choose_texts(carried.texts)) is not None:
        return found
    if carried.refused:
        raise WorkflowError(
            f"{name} carries a text {carried.refused!r} that is too large: the texts of a file may have"
            f" {carried.max_bytes} bytes together, a fixed limit."
        )
    others = f", only {', '.join(map(repr, sorted(carried.texts)[:_SHOWN_KEYS]))}" if carried.texts else ""
    damage = f"; the {carried.container.name} is damaged: {carried.damage}" if carried.damage else ""
    lost = "" if carried.texts or carried.damage else " Programs and sites that change files often take it away."
    raise WorkflowError(f"{name} carries no workflow{others}{damage}.{lost}", code="no_workflow")
