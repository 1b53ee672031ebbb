"""Names to files and back: a name from a workflow never leaves its directory, and a file is written whole or not at all.

No pictures and no tensors here (`engine.images.codec`), no policy about what a file means.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from engine.errors import FileError
from engine.settings import Settings

MODEL_SUFFIXES = frozenset({".safetensors", ".sft", ".ckpt", ".pt", ".pt2", ".bin", ".pth", ".pkl"})
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif"})

_ANNOTATION = re.compile(r"^(?P<name>.*?)\s*\[(?P<directory>input|output|temp)\]$", re.DOTALL)


def resolve_inside(directory: Path, name: str, what: str = "file") -> Path:
    """The path of `name` below `directory`. Back-slashes count as slashes.

    Raises:
        FileError: if the name is empty, absolute, has a NUL, or leads out of the directory, also through a symlink.
    """
    clean = name.replace("\\", "/")
    outside = FileError(f"{what} {name!r} is not a name inside the directory {directory.name!r}.")
    if not clean.strip() or "\0" in clean or clean.startswith("/") or re.match(r"^[A-Za-z]:", clean):
        raise outside
    if ".." in clean.split("/"):
        raise outside
    try:
        root = directory.resolve()
        path = (root / clean).resolve()
    except (OSError, ValueError) as error:
        raise outside from error
    if path == root or not path.is_relative_to(root):
        raise outside
    return path


def resolve_input_file(settings: Settings, name: str, what: str = "file") -> Path:
    """The path of a file named by a workflow: below the input directory, or as `name [output]`, `name [temp]` says.

    Raises:
        FileError: if the name leads outside or no such file is there.
    """
    directory = settings.directory("input")
    if match := _ANNOTATION.match(name):
        name, kind = match["name"], match["directory"]
        directory = settings.directory("output" if kind == "output" else "temp" if kind == "temp" else "input")
    path = resolve_inside(directory, name, what)
    if not path.is_file():
        raise FileError(f"{what} {name!r} was not found in the {directory.name} directory.")
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
    raise FileError(f"Model file {name!r} was not found among the {kind}.")


def resolve_model_name(directory: Path, name: str) -> Path | None:
    """A model file below one directory, or None. Links that users set up to other disks are followed."""
    clean = name.replace("\\", "/")
    if "\0" in clean or clean.startswith("/") or ".." in clean.split("/") or re.match(r"^[A-Za-z]:", clean):
        return None
    path = directory / clean
    return path if clean and path.is_file() else None


def list_model_files(settings: Settings, kind: str) -> list[str]:
    """Names of all model files of a kind, relative to their directory, sorted, each once."""
    names: set[str] = set()
    for directory in settings.model_directories(kind):
        names.update(_walk(directory, MODEL_SUFFIXES))
    return sorted(names)


def list_input_images(settings: Settings) -> list[str]:
    """Names of the pictures in the input directory, relative to it, sorted."""
    return sorted(_walk(settings.directory("input"), IMAGE_SUFFIXES))


def list_choices(settings: Settings, folder: str) -> list[str]:
    """The choices of a `ModelFile(folder)` input."""
    return list_input_images(settings) if folder == "input" else list_model_files(settings, folder)


def _walk(directory: Path, suffixes: Iterable[str]) -> Iterator[str]:
    for parent, folders, files in os.walk(directory, followlinks=True):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        for file in files:
            if os.path.splitext(file)[1].lower() in suffixes:
                yield Path(parent, file).relative_to(directory).as_posix()


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that it appears complete under its name or not at all, also on a full disk or a kill.

    `write` gets an open binary file. The data is on the disk (fsync) before the name is.

    Raises:
        FileError: if the directory or the file cannot be written; says which and why.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise FileError(f"Cannot write {path.name!r} into {str(path.parent)!r}: {error.strerror or error}.") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
