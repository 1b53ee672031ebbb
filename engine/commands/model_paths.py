"""Files that name more directories of models (`extra_model_paths.yaml`), as people keep them for several programs.

Each section has a `base_path`, and directories by kind, one a line: relative ones lie below it, or below the file's own
directory. `is_default` puts a section before our own directories. `~` and variables of the environment are replaced.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import FileError
from engine.graph.json_values import as_list, as_object, kind_of
from engine.settings import OLDER_FOLDERS

AUTOMATIC_FILE = "extra_model_paths.yaml"
"""Read without being asked for, if it lies in the base directory."""

_NOT_KINDS = frozenset({"base_path", "is_default"})
_PACKS = "custom_nodes"
_MOST_BYTES = 2**20
log = logging.getLogger(__name__)


@dataclass(slots=True)
class ModelPaths:
    """What the files name, in their order.

    Attributes:
        first: By kind, directories to search before our own.
        more: The same, after our own.
        packs: Directories that hold packs.
    """

    first: dict[str, tuple[Path, ...]] = field(default_factory=dict[str, tuple[Path, ...]])
    more: dict[str, tuple[Path, ...]] = field(default_factory=dict[str, tuple[Path, ...]])
    packs: tuple[Path, ...] = ()


def read_model_paths(files: Iterable[Path]) -> ModelPaths:
    """Read the files.

    Raises:
        FileError: if one cannot be read or is not of this form; says where.
    """
    paths = ModelPaths()
    for file in files:
        for name, section in _read_sections(file):
            where = f"{file}: {name}"
            base = _base_of(section, file, where)
            into = paths.first if section.get("is_default") is True else paths.more
            for kind, value in section.items():
                directories = tuple(base / line for line in _lines(value, f"{where}.{kind}"))
                if kind in _NOT_KINDS or not directories:
                    continue
                if kind == _PACKS:
                    paths.packs += directories
                else:
                    today = OLDER_FOLDERS.get(kind, kind)
                    into[today] = into.get(today, ()) + directories
                for directory in directories:
                    if not directory.is_dir():
                        log.info("%s.%s: there is no directory %s", where, kind, directory)
    return paths


def _read_sections(file: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    import yaml

    try:
        with open(file, "rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise FileError(f"Cannot read {str(file)!r}: {error.strerror}.") from error
    if len(content) > _MOST_BYTES:
        raise FileError(f"{str(file)!r} is larger than {_MOST_BYTES} bytes: not a file of model directories.")
    try:
        document: object = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: an impossible date, a huge number
        raise FileError(f"{str(file)!r} is not YAML: {' '.join(str(error).split())}.") from error
    if document is None:
        return
    sections = as_object(document)
    if sections is None:
        raise FileError(f"{str(file)!r} should hold sections (name: directories by kind), not {kind_of(document)}.")
    for name, section in sections.items():
        values = as_object(section)
        if values is not None:
            yield str(name), {str(key): value for key, value in values.items()}
        elif section is not None:
            raise FileError(f"{file}: {name}: expected directories by kind, not {kind_of(section)}.")


def _base_of(section: Mapping[str, object], file: Path, where: str) -> Path:
    lines = _lines(section.get("base_path"), f"{where}.base_path")
    if len(lines) > 1:
        raise FileError(f"{where}.base_path: expected one directory, not {len(lines)}.")
    return file.absolute().parent.joinpath(*lines)


def _lines(value: object, where: str) -> list[str]:
    """The directories that a value names: one a line, or a list of them."""
    if value is None or isinstance(value, bool):
        if value is not None and not where.endswith(".is_default"):
            raise FileError(f"{where}: expected directories, one a line, not {kind_of(value)}.")
        return []
    listed = as_list(value)
    lines = value.splitlines() if isinstance(value, str) else listed
    if lines is None or not all(isinstance(line, str) for line in lines):
        raise FileError(f"{where}: expected directories, one a line, not {kind_of(value)}.")
    return [os.path.expandvars(os.path.expanduser(line.strip())) for line in lines if line.strip()]
