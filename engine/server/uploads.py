"""POST /upload/image and /upload/mask: files that clients bring, into the input, output or temp directory.

A body is streamed into a hidden file beside its destination, looked at (`engine.server.media`), put on the disk and
only then given its name: nobody ever sees half of it, and nothing is replaced unless `overwrite` says so. The same
contents under the same name are one file.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, ClassVar

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from PIL.PngImagePlugin import PngInfo

from engine.errors import FileError
from engine.files import FOLDERS, Folder, clean_name, is_special_on_windows, resolve_inside, sync_directory
from engine.graph.json_values import as_object, show
from engine.images.frames import measure_picture, read_first_frame
from engine.images.metadata import read_metadata
from engine.server.bodies import check_text
from engine.server.delivery import LONGEST_NAME, resolve_name
from engine.server.files import as_pillow, check_folder, do_picture, do_with_files, find_viewed
from engine.server.keys import SERVER_SETTINGS, SETTINGS
from engine.server.media import check_content, find_medium
from engine.server.refusal import Refusal, too_large
from engine.server.work import Body, Known, Work
from engine.settings import Settings

_MOST_PARTS = 50
_LONGEST_FIELD_BYTES = 64 * 1024
_LONGEST_FILE_NAME_BYTES = 200
_WRITTEN_AT_ONCE_BYTES = 2**20
_MOST_OF_A_NAME = 10_000
_PART = re.compile(r"\.[0-9a-f]{16}\.part")
_PART_AGE_S = 24 * 3600
FORM_ERRORS = (  # what aiohttp's reader raises on what is no form
    *(ValueError, AssertionError, RuntimeError, LookupError),
    *(HttpProcessingError, web.RequestPayloadError),
)

routes = web.RouteTableDef()


def set_up(app: web.Application) -> None:
    """Have what a killed server left of uploads removed at the start."""

    async def tidy(app: web.Application) -> None:
        await asyncio.to_thread(remove_old_parts, app[SETTINGS].directory("input"))

    app.on_startup.append(tidy)


def remove_old_parts(directory: Path) -> None:
    """Remove parts that nobody can be writing any more; others may share the directory."""
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if _PART.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_mtime < time.time() - _PART_AGE_S:
                        os.unlink(entry.path)


@dataclass(slots=True)
class _Form:
    """What a multipart body held: the file, streamed to `part`, and the texts."""

    part: Path
    filename: str | None = None
    texts: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an upload goes."""

    kind: Folder
    directory: Path
    subfolder: str
    name: str
    overwrite: bool

    def record(self, name: str) -> dict[str, str]:
        """The reply: how to ask for the file."""
        return {"name": name, "subfolder": self.subfolder, "type": self.kind}


@routes.post("/upload/image")
async def upload_image(request: web.Request) -> web.Response:
    """Take a picture, sound, film or model."""
    settings = request.app[SETTINGS]
    async with _received(request) as form:
        place = _read_place(settings, form)
        weight = await asyncio.to_thread(_weigh, form.part, place.name)
        await do_with_files(request, _CheckUpload(part=str(form.part), name=place.name), weight)
        name = await asyncio.to_thread(_put, form.part, place)
    return web.json_response(place.record(name))


@routes.post("/upload/mask")
async def upload_mask(request: web.Request) -> web.Response:
    """Take a mask: the picture named by `original_ref`, with the transparency of the upload, as PNG."""
    settings = request.app[SETTINGS]
    async with _received(request) as form:
        place = _read_place(settings, form)
        place = _Place(place.kind, place.directory, place.subfolder, _as_png(place.name), place.overwrite)
        original = await asyncio.to_thread(_find_original, settings, form.texts.get("original_ref"))
        await do_picture(request, _ApplyMask(part=str(form.part), original=str(original)), original, form.part)
        name = await asyncio.to_thread(_put, form.part, place)
    return web.json_response(place.record(name))


def _weigh(part: Path, name: str) -> int:
    """Of a picture all of its parts are looked at, of others the beginning."""
    medium = find_medium(name)
    return part.stat().st_size if medium is not None and medium.kind == "picture" else 0


class _CheckUpload(Work[None], frozen=True, kw_only=True):
    """See to it that a file is what its name says."""

    uses_files: ClassVar[bool] = True
    part: str
    name: str

    def do(self, known: Known, body: Body) -> None:
        """See above.

        Raises:
            FileError: It is not.
        """
        del body
        check_content(Path(self.part), self.name, known.settings.max_image_pixels)


# -- reading the form ------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _received(request: web.Request) -> AsyncGenerator[_Form]:
    """The form of a request; its file is gone afterwards unless it was given a name."""
    if not request.content_type.startswith("multipart/"):
        raise Refusal(
            f"An upload is a form of the type multipart/form-data, not {show(request.content_type)}.", status=415
        )
    limit = request.app[SERVER_SETTINGS].max_upload_bytes
    if (request.content_length or 0) > limit + _LONGEST_FIELD_BYTES:
        raise _refuse_size(limit)
    form = _Form(await asyncio.to_thread(_new_part, request.app[SETTINGS].directory("input")))
    try:
        try:
            await _read_form(request, form, limit)
        except FORM_ERRORS as error:
            raise Refusal("The form cannot be read: it is not well-formed multipart/form-data.") from error
        except OSError as error:
            if isinstance(error, ConnectionError):
                raise
            raise Refusal(f"The upload cannot be stored: {error.strerror}.", status=507, code="file_error") from error
        if form.filename is None:
            raise Refusal("The form has no file in the field 'image'.", code="no_file")
        yield form
    finally:
        await asyncio.shield(asyncio.to_thread(_forget, form.part))


def _new_part(directory: Path) -> Path:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        part = directory / f".{secrets.token_hex(8)}.part"
        part.touch(exist_ok=False)
    except OSError as error:
        raise Refusal(f"The upload cannot be stored: {error.strerror}.", status=507, code="file_error") from error
    return part


def _forget(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink()


async def _read_form(request: web.Request, form: _Form, limit: int) -> None:
    reader = await request.multipart()
    for _ in range(_MOST_PARTS):
        part = await reader.next()
        if part is None:
            return
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise Refusal("The form has a part that is no field.")
        if part.name == "image":
            if form.filename is not None:
                raise Refusal("The form has more than one file in the field 'image'.")
            form.filename = part.filename or ""
            with await asyncio.to_thread(open, form.part, "wb") as file:
                await _stream(part, file, limit)
        elif part.filename is None:
            form.texts[part.name] = await _read_text(part)
        else:
            await _skip(part, limit)
    raise Refusal(f"The form has more than {_MOST_PARTS} fields, a fixed limit.")


async def _stream(part: BodyPartReader, file: BinaryIO, limit: int) -> None:
    """Write a part to a file, in steps that are worth a thread, and put it on the disk."""
    pending, size = bytearray(), 0
    while chunk := await part.read_chunk():
        size += len(chunk)
        if size > limit:
            raise _refuse_size(limit)
        pending += chunk
        if len(pending) >= _WRITTEN_AT_ONCE_BYTES:
            await asyncio.to_thread(file.write, bytes(pending))
            pending.clear()
    await asyncio.to_thread(_write_last, file, bytes(pending))


def _write_last(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


async def _skip(part: BodyPartReader, limit: int) -> None:
    size = 0
    while chunk := await part.read_chunk():
        size += len(chunk)
        if size > limit:
            raise _refuse_size(limit)


async def _read_text(part: BodyPartReader) -> str:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > _LONGEST_FIELD_BYTES:
            raise too_large(f"The field {show(part.name)} is longer than {_LONGEST_FIELD_BYTES} bytes, a fixed limit.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Refusal(f"The field {show(part.name)} is not text in UTF-8.") from error


def _refuse_size(limit: int) -> Refusal:
    return too_large(f"The file is larger than {limit / 2**20:g} MiB; --max-upload-size raises the limit.")


# -- where to --------------------------------------------------------------------------------------------------------


def _read_place(settings: Settings, form: _Form) -> _Place:
    kind = check_folder(form.texts.get("type") or "input")
    subfolder, name = split_upload_name(form.texts.get("subfolder", ""), form.filename or "")
    root = settings.directory(kind)
    directory = resolve_name(root, subfolder, "'subfolder'") if subfolder else root
    resolve_name(directory, name, "The file name")
    return _Place(kind, directory, subfolder, name, form.texts.get("overwrite", "").lower() in ("true", "1"))


def split_upload_name(subfolder: str, filename: str) -> tuple[str, str]:
    """The folder and the name that an upload gets. What some system does not take in a name becomes an underscore.

    Raises:
        Refusal: if there is no name, it is too long, or one of the two leads outside.
    """
    if not filename.strip():
        raise Refusal("The file in the field 'image' has no name.", code="no_file")
    check_text(filename, "The file name", longest=LONGEST_NAME)
    check_text(subfolder, "'subfolder'", longest=LONGEST_NAME)
    folder, name = subfolder.replace("\\", "/").strip(), filename.replace("\\", "/").strip()
    for text, what in ((folder, "'subfolder'"), (name, "The file name")):
        if text.startswith("/") or ".." in text.split("/") or re.match(r"[A-Za-z]:", text):
            raise Refusal(f"{what} {show(text)} leads outside.", code="invalid_name")
    *folders, name = [*folder.split("/"), *name.split("/")]
    folders = [_clean(part) for part in folders if part.strip() not in ("", ".")]
    name = _clean(name)
    if not name.strip("._ "):
        raise Refusal(f"{show(filename)} is not a file's name.", code="invalid_name")
    if any(len(part.encode()) > _LONGEST_FILE_NAME_BYTES for part in (*folders, name)):
        raise Refusal(f"A name may have {_LONGEST_FILE_NAME_BYTES} bytes, a fixed limit: {show(filename)} is too long.")
    return "/".join(folders), name


def _clean(part: str) -> str:
    """One part of a name, as every system takes it, and not hidden."""
    part = clean_name(part).strip().rstrip(".")
    hidden = part.startswith(".") or is_special_on_windows(part)
    return f"_{part.lstrip('.')}" if hidden else part


def _put(part: Path, place: _Place) -> str:
    """Give the finished file its name, or find that it is there already. Returns the name.

    Raises:
        Refusal: if a folder or another thing is in the way, or nothing can be written.
    """
    try:
        place.directory.mkdir(parents=True, exist_ok=True)
        resolve_inside(place.directory, place.name)
        part = _bring_near(part, place.directory)
        try:
            name = place.name
            if place.overwrite and not os.path.isdir(place.directory / name):
                os.replace(part, place.directory / name)
            else:
                name = _take_free_name(part, place.directory, place.name)
        finally:
            _forget(part)
        sync_directory(place.directory)
    except FileError as error:
        raise Refusal(str(error), code="invalid_name") from error
    except FileExistsError as error:
        raise Refusal(f"'subfolder' {show(place.subfolder)} is a file.", status=409) from error
    except NotADirectoryError as error:
        raise Refusal(f"'subfolder' {show(place.subfolder)} goes through a file.", status=409) from error
    except OSError as error:
        raise Refusal(f"The upload cannot be stored: {error.strerror}.", status=507, code="file_error") from error
    return name


def _bring_near(part: Path, directory: Path) -> Path:
    """The part on the file system of its destination: renamed if it can be, else copied."""
    near = directory / part.name
    if near == part:
        return part
    try:
        os.replace(part, near)
    except OSError:
        with open(part, "rb") as source, open(near, "xb") as target:
            shutil.copyfileobj(source, target, _WRITTEN_AT_ONCE_BYTES)
            _write_last(target, b"")
    return near


def _take_free_name(part: Path, directory: Path, name: str) -> str:
    """Name the part, `x (1).png` if `x.png` is another file; the name of the first with the same contents, if any."""
    stem, suffix = os.path.splitext(name)
    for number in range(_MOST_OF_A_NAME):
        candidate = directory / (f"{stem} ({number}){suffix}" if number else name)
        try:
            _claim(part, candidate)
        except FileExistsError:
            if _has_same_contents(part, candidate):
                return candidate.name
        else:
            return candidate.name
    raise Refusal(f"There are {_MOST_OF_A_NAME} files of the name {show(name)} already, a fixed limit.", status=409)


def _claim(part: Path, candidate: Path) -> None:
    """Name the part unless the name is taken: then `FileExistsError`, also if it was taken a moment ago."""
    try:
        os.link(part, candidate)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        os.close(os.open(candidate, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.replace(part, candidate)


def _has_same_contents(one: Path, other: Path) -> bool:
    if not other.is_file() or other.is_symlink() or one.stat().st_size != other.stat().st_size:
        return False
    with open(one, "rb") as a, open(other, "rb") as b:
        while chunk := a.read(_WRITTEN_AT_ONCE_BYTES):
            if chunk != b.read(_WRITTEN_AT_ONCE_BYTES):
                return False
    return True


# -- masks -----------------------------------------------------------------------------------------------------------


def _as_png(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(".png"))


def _find_original(settings: Settings, text: str | None) -> Path:
    """The picture that `original_ref` names, a JSON object `{"filename", "subfolder", "type"}`."""
    try:
        value: Any = json.loads(text) if text else None
    except (ValueError, RecursionError) as error:
        raise Refusal(f"'original_ref' should be a JSON object, but is {show(text)}.") from error
    record = as_object(value)
    if record is None:
        raise Refusal(f"'original_ref' should be an object with 'filename', but is {show(value)}.")
    kind = check_folder(record.get("type") or "output", f"'type' (one of {', '.join(FOLDERS)}) in 'original_ref'")
    subfolder = check_text(record.get("subfolder") or "", "'subfolder' in 'original_ref'", longest=LONGEST_NAME)
    return find_viewed(settings, record.get("filename"), kind, subfolder)


class _ApplyMask(Work[None], frozen=True, kw_only=True):
    """Write into `part` the original with the transparency of the mask that `part` holds, and with its own texts."""

    uses_files: ClassVar[bool] = True
    part: str
    original: str

    def do(self, known: Known, body: Body) -> None:
        """See above.

        Raises:
            FileError: One of them is no picture, or they differ in size.
        """
        del body
        part, original, max_pixels = Path(self.part), Path(self.original), known.settings.max_image_pixels
        picture = as_pillow(read_first_frame(original, max_pixels))
        self._compare(picture.size, measure_picture(part, max_pixels, "the mask"))  # before it costs
        mask = as_pillow(read_first_frame(part, max_pixels, "the mask"))
        self._compare(picture.size, mask.size)
        picture = picture.convert("RGBA")
        picture.putalpha(mask.convert("RGBA").getchannel("A"))
        texts = PngInfo()
        for key, value in read_metadata(original).items():
            name = key.encode("latin-1", "replace").decode("latin-1")[:79].strip()
            if name:
                texts.add_text(name, value)
        with open(part, "wb") as file:
            picture.save(file, "PNG", compress_level=4, pnginfo=texts)
            _write_last(file, b"")

    def _compare(self, size: tuple[int, int], mask_size: tuple[int, int]) -> None:
        if size != mask_size:
            name = Path(self.original).name
            raise FileError(f"The mask has {mask_size} pixels, the picture {name!r} has {size}.")
