"""Names to files and back: a name from a workflow never leaves its directory, a file is written whole or not at all.

Finds model files and input pictures (`find_*`, `list_*`, `resolve_*`), writes one file (`write_whole`) or the next of
a numbered series (`write_numbered`). No pictures and no tensors here (`engine.images.codec`), no policy about what a
file means.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Container, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from engine.errors import FileError
from engine.settings import Settings

Folder = Literal["input", "output", "temp"]
FOLDERS: tuple[Folder, ...] = ("input", "output", "temp")
"""The directories whose files workflows name; any other folder is a kind of model files."""

MODEL_SUFFIXES = frozenset({".safetensors", ".sft", ".ckpt", ".pt", ".pt2", ".bin", ".pth", ".pkl"})
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif"})

_DRIVE = re.compile(r"[A-Za-z]:([/\\]|$)")
_WINDOWS_ONLY = re.compile(
    r'[<>:"|?*\x00-\x1f]|(^|/)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.[^/]*)?(/|$)|[. ](/|$)', re.IGNORECASE
)
_NOT_IN_FILE_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_BATCH_NUMBER = "%batch_num%"


# -- names that a workflow gives -------------------------------------------------------------------------------------


def resolve_inside(directory: Path, name: str, what: str = "file") -> Path:
    """The path of `name` below `directory`. Back-slashes count as slashes. The file need not exist.

    Raises:
        FileError: if the name is empty, absolute, has a NUL, or leads out of the directory, also through a symlink.
            The words are the same whether or not anything is there.
    """
    path = _path_inside(directory, name)
    if path is None:
        raise FileError(f"{what} {_shown(name)} is not a name inside the directory {directory.name!r}.")
    return path


def _path_inside(directory: Path, name: str) -> Path | None:
    clean = name.replace("\\", "/")
    if not _is_relative(clean) or (os.name == "nt" and is_special_on_windows(clean)):
        return None
    try:
        root = directory.resolve()
        path = (root / clean).resolve()
    except (OSError, ValueError, RuntimeError):  # RuntimeError: a loop of symlinks
        return None
    return path if path != root and path.is_relative_to(root) else None


def _is_relative(clean: str) -> bool:
    outside = "\0" in clean or clean.startswith("/") or _DRIVE.match(clean) or ".." in clean.split("/")
    return bool(clean.strip()) and not outside


def is_special_on_windows(name: str) -> bool:
    """Whether Windows takes a name (with slashes) for something else than a file: a device, a stream, another name."""
    return _WINDOWS_ONLY.search(name) is not None


def split_annotation(name: str) -> tuple[str, Folder | None]:
    """A name without the directory that it says at its end, and that: `x.png [output]`; None if it says none."""
    for folder in FOLDERS:
        stem = name.removesuffix(f"[{folder}]")
        if stem and stem != name:
            return stem.rstrip(), folder
    return name, None


def resolve_input_file(settings: Settings, name: str, what: str = "file", *, folder: Folder = "input") -> Path:
    """The path of a file named by a workflow: below `folder`, or where the name says (`name [output]`).

    Args:
        settings: Says where the directories are.
        name: As in the workflow; may end in ` [input]`, ` [output]` or ` [temp]`.
        what: The input's name, for the message.
        folder: Where a name without an ending is looked for.

    Raises:
        FileError: if the name leads outside or no such file is there.
    """
    name, annotated = split_annotation(name)
    directory = settings.directory(annotated or folder)
    path = resolve_inside(directory, name, what)
    if not os.path.isfile(path):
        raise FileError(f"{what} {_shown(name)} was not found in the {directory.name} directory.")
    return path


def find_model_file(settings: Settings, kind: str, name: str) -> Path:
    """The path of a model file by its name in the list of that kind.

    Raises:
        FileError: if no directory of that kind has it.
    """
    for directory in settings.model_directories(kind):
        path = resolve_model_name(directory, name)
        if path is not None:
            return path
    raise FileError(f"Model file {_shown(name)} was not found among the {kind}.")


def resolve_model_name(directory: Path, name: str) -> Path | None:
    """A model file below one directory, or None. Links that users set up to other disks are followed."""
    clean = name.replace("\\", "/")
    if not _is_relative(clean) or (os.name == "nt" and is_special_on_windows(clean)):
        return None
    path = directory / clean
    return path if os.path.isfile(path) else None


def _shown(name: str) -> str:
    return repr(name if len(name) <= 200 else name[:200] + "...")


# -- lists -----------------------------------------------------------------------------------------------------------


def list_model_files(settings: Settings, kind: str) -> list[str]:
    """Names of all model files of a kind, relative to their directory, sorted, each once."""
    names: set[str] = set()
    for directory in settings.model_directories(kind):
        names.update(walk_files(directory, MODEL_SUFFIXES))
    return sorted(names)


def list_images(directory: Path) -> list[str]:
    """Names of the pictures in a directory, relative to it, sorted. What links lead outside is left out."""
    return sorted(walk_files(directory, IMAGE_SUFFIXES, leave=False))


def list_choices(settings: Settings, folder: str) -> list[str]:
    """The choices of a `ModelFile(folder)` input: pictures of `input`, `output` or `temp`, or model files of a kind."""
    if folder in FOLDERS:
        return list_images(settings.directory(folder))
    return list_model_files(settings, folder)


class FolderLook(NamedTuple):
    """What `walk_files` saw in a folder.

    Attributes:
        changed_at_ns: When it was changed last (st_mtime_ns).
        folders: Names of those in it that are gone into.
        files: Names of those in it that are wanted.
    """

    changed_at_ns: int
    folders: tuple[str, ...]
    files: tuple[str, ...]


def walk_files(
    root: Path,
    suffixes: Container[str],
    *,
    leave: bool = True,
    known: Mapping[str, FolderLook] | None = None,
    visited: dict[str, FolderLook] | None = None,
) -> Iterator[str]:
    """Names of files by suffix, with slashes. Hidden ones are left out, links followed (out of root if `leave`).

    Args:
        root: Where to begin.
        suffixes: With their dot, in lower case.
        leave: Links may lead out of `root`.
        known: What was seen the last time, by the path of the folder: those that have not changed are not read again.
        visited: Is filled with what was seen.
    """
    seen: set[tuple[int, int]] = set()
    pending = [(os.fspath(root), "")]
    while pending:
        folder, start = pending.pop()
        try:
            status = os.stat(folder)
        except OSError:
            continue
        if (status.st_dev, status.st_ino) in seen:  # a link that leads back up: the walk would never end
            continue
        seen.add((status.st_dev, status.st_ino))
        look = known.get(folder) if known is not None else None
        if look is None or look.changed_at_ns != status.st_mtime_ns:
            names = [
                (entry.name, is_folder)
                for entry in _entries(folder)
                if ((is_folder := _is_folder(entry)) or os.path.splitext(entry.name)[1].lower() in suffixes)
                and not entry.name.startswith(".")
                and is_text(entry.name)
                and (leave or not entry.is_symlink() or _path_inside(root, start + entry.name) is not None)
            ]
            folders = tuple(name for name, is_folder in names if is_folder)
            look = FolderLook(status.st_mtime_ns, folders, tuple(name for name, is_folder in names if not is_folder))
        if visited is not None:
            visited[folder] = look
        yield from (start + name for name in look.files)
        pending += ((os.path.join(folder, name), f"{start}{name}/") for name in reversed(look.folders))


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """What is in a folder, as far as the disk gives it."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        yield from entries


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_text(name: str) -> bool:
    """Whether a name read from the disk can be written in UTF-8, so that a client can be told it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


# -- writing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that was written, as the canvas and the history name it.

    Attributes:
        filename: Without its folder.
        subfolder: Relative to the directory of its kind, with slashes; empty for the directory itself.
        path: Where it is.
    """

    filename: str
    subfolder: str
    path: Path

    def record(self, kind: str) -> dict[str, str]:
        """The record of `ui["images"]`; kind is `input`, `output` or `temp`."""
        return {"filename": self.filename, "subfolder": self.subfolder, "type": kind}


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that it appears complete under its name or not at all, also on a full disk or a kill.

    `write` gets an open binary file. The data is on the disk (fsync) before the name is. A file that was there is
    replaced. A kill may leave a hidden `*.part` beside it, see `engine.temporary.remove_dead_parts`.

    Raises:
        FileError: if the directory or the file cannot be written; says which and why.
    """
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    with _errors_named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch(exist_ok=False)
        _write_and_rename(part, path, write)


def write_numbered(
    directory: Path,
    prefix: str,
    suffix: str,
    contents: Iterable[bytes],
    *,
    width: int = 0,
    height: int = 0,
    now: time.struct_time | None = None,
) -> list[SavedFile]:
    """Write the next files of a series, `<prefix>_00001_<suffix>` and on, each whole or not at all.

    Counting goes on after the highest number that the prefix has in its folder, which is looked up once. No file is
    ever replaced, also while others write the same series.

    Args:
        directory: The output or temp directory.
        prefix: May have folders (`cats/big`) and `%width% %height% %year% %month% %day% %hour% %minute% %second%
            %date:yyyy-MM-dd%`, and in its last part `%batch_num%`, the position in `contents`.
        suffix: With its dot.
        contents: The files' bytes, taken one by one, so that a generator may make each when its turn comes.
        width: For `%width%`.
        height: For `%height%`.
        now: For the date; the local time if not given.

    Raises:
        FileError: if the prefix leads out of the directory, or the directory or a file cannot be written.
    """
    prefix = fill_prefix(prefix, width=width, height=height, now=now)
    *folders, stem = prefix.replace("\\", "/").split("/")
    subfolder = "/".join(part for part in folders if part not in ("", "."))
    if _DRIVE.match(prefix) or prefix.startswith(("/", "\\")) or ".." in folders:
        raise FileError(f"The file name prefix {_shown(prefix)} leads outside the {directory.name} directory.")
    folder = resolve_inside(directory, clean_name(subfolder), "The folder") if subfolder else directory
    stem = clean_name(stem)
    saved: list[SavedFile] = []
    with _errors_named(folder / f"{stem}{suffix}"):
        folder.mkdir(parents=True, exist_ok=True)
        counter = highest_counter(folder, stem) + 1
    for index, content in enumerate(contents):
        name = stem.replace(_BATCH_NUMBER, str(index))
        with _errors_named(folder / f"{name}{suffix}"):
            counter, path, part = _reserve(folder, name, counter, suffix)
            _write_and_rename(part, path, lambda file, content=content: file.write(content))
        saved.append(SavedFile(path.name, clean_name(subfolder), path))
        counter += 1
    return saved


def fill_prefix(prefix: str, *, width: int = 0, height: int = 0, now: time.struct_time | None = None) -> str:
    """A file name prefix with its variables replaced, but for `%batch_num%`; unknown ones stay as they are."""
    now = now or time.localtime()
    values = {
        "width": str(width),
        "height": str(height),
        "year": f"{now.tm_year}",
        "month": f"{now.tm_mon:02}",
        "day": f"{now.tm_mday:02}",
        "hour": f"{now.tm_hour:02}",
        "minute": f"{now.tm_min:02}",
        "second": f"{now.tm_sec:02}",
    }
    prefix = re.sub(r"%date:([^%]*)%", lambda found: _format_date(found[1], now), prefix)
    return re.sub(r"%([a-z]+)%", lambda found: values.get(found[1], found[0]), prefix)


def _format_date(pattern: str, now: time.struct_time) -> str:
    values = {"d": now.tm_mday, "M": now.tm_mon, "h": now.tm_hour, "m": now.tm_min, "s": now.tm_sec}

    def fill(found: re.Match[str]) -> str:
        token = found[0]
        if token[0] == "y":
            return str(now.tm_year)[-2:] if len(token) == 2 else str(now.tm_year)
        return f"{values[token[0]]:0{len(token)}}"

    return re.sub(r"yyyy|yy|dd?|MM?|hh?|mm?|ss?", fill, pattern)


def clean_name(name: str) -> str:
    """A name that every system takes; what some don't becomes an underscore."""
    return _NOT_IN_FILE_NAMES.sub("_", name)


def highest_counter(folder: Path, stem: str) -> int:
    """The highest number that a file of the series has; 0 if there is none. `%batch_num%` stands for any number."""
    parts: Sequence[str] = [re.escape(part) for part in stem.split(_BATCH_NUMBER)]
    numbered = re.compile("[0-9]+".join(parts) + "_([0-9]+)_", re.IGNORECASE)
    with os.scandir(folder) as entries:
        found = [numbered.match(entry.name) for entry in entries]
    return max((int(match[1]) for match in found if match), default=0)


def _reserve(folder: Path, name: str, counter: int, suffix: str) -> tuple[int, Path, Path]:
    """The first free number from `counter` on, its path, and the part file that keeps others off that number.

    Whoever creates the part file owns the number; the part goes at the moment that the file appears. So either the
    part is there, or the file is, and nobody else can take the number in between.
    """
    while True:
        path = folder / f"{name}_{counter:05}_{suffix}"
        part = folder / f".{path.name}.part"
        with contextlib.suppress(FileExistsError):
            part.touch(exist_ok=False)
            if not os.path.lexists(path):
                return counter, path, part
            part.unlink()
        counter += 1


def _write_and_rename(part: Path, path: Path, write: Callable[[BinaryIO], object]) -> None:
    try:
        with open(part, "wb") as file:
            lock_open_file(file.fileno())  # whoever finds the part sees that somebody lives who writes it
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    sync_directory(path.parent)


def lock_open_file(descriptor: int, *, shared: bool = False) -> bool | None:
    """Lock an open file or directory until it is closed or the process ends; a lock that is held already is changed.

    Args:
        descriptor: Of the file.
        shared: Others may have it shared, too. Only a shared lock is waited for.

    Returns:
        Whether it was locked; None where nothing can be: on Windows, on some networks.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in (errno.EWOULDBLOCK, errno.EACCES) else None
    return True


def sync_directory(directory: Path) -> None:
    """Put a rename on the disk. Not every system can; the data itself is there already."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _errors_named(path: Path) -> Generator[None]:
    try:
        yield
    except (OSError, UnicodeEncodeError) as error:  # the latter: half a surrogate in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise FileError(f"Cannot write {_shown(path.name)} into {str(path.parent)!r}: {reason}.") from error


class PathHider:
    """Takes the directories of absolute paths out of texts that are shown to others; the last part stays.

    Args:
        roots: The first parts of absolute paths on this machine; found if not given.
    """

    def __init__(self, roots: Iterable[str] | None = None) -> None:
        named = _list_roots() if roots is None else roots
        names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
        # Each separator may be written twice: so it stands in the text of a value.
        patterns = [r"(?<![\w])[A-Za-z]:[\\/]+(?:[^\\/\s'\":]+[\\/]+)*"]
        if names:
            # What only goes up from somewhere (`../../etc`) is no absolute path.
            patterns.append(rf"(?<![\w/])(?<!\.\.)/(?:{names})/(?:[^/\s'\":,]+/)*")
        # In quotes, a path goes on to the closing one, spaces and all.
        self._quoted = re.compile(rf"(['\"])/(?:{names})/(?:(?!\1).)*/") if names else None
        self._bare = re.compile("|".join(patterns))

    def hide(self, text: str) -> str:
        """The text with "…/" in the place of directories."""
        if self._quoted is not None:
            text = self._quoted.sub(r"\1…/", text)
        return self._bare.sub("…/", text)


def _list_roots() -> list[str]:
    try:
        return [name for name in os.listdir(Path.cwd().anchor or "/") if name]
    except OSError:
        return ["home", "root", "usr", "tmp", "opt", "var", "Users"]
