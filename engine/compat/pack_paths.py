"""Directories and files as packs ask for them: what they import as `folder_paths`.

Packs read and write one dict, name to directories and suffixes, and expect that every function obeys it. It starts with
what `Settings` knows; what packs add comes back into the settings when all are loaded (`settings_with_folders`), so
that our own loaders find it, too. No name leaves its directory.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NoReturn

from engine.compat.file_list import FileList
from engine.compat.host import Folders, Host, current_host
from engine.errors import FileError, PackError
from engine.files import (
    FOLDERS,
    MODEL_SUFFIXES,
    FolderLook,
    clean_name,
    fill_prefix,
    highest_counter,
    resolve_inside,
    resolve_model_name,
    split_annotation,
    walk_files,
)
from engine.settings import OLDER_FOLDERS, Settings

_KINDS = (
    *("checkpoints", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision", "style_models"),
    *("embeddings", "vae_approx", "controlnet", "gligen", "upscale_models", "hypernetworks", "photomaker"),
    *("model_patches", "audio_encoders"),
)
_OTHER_SUFFIXES = {"configs": {".yaml"}, "diffusers": {"folder"}, "classifiers": {""}}
_PACKS = "custom_nodes"


class _EverySuffix(Collection[str]):
    """What a folder without suffixes takes."""

    def __contains__(self, item: object) -> bool:
        return True

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


# -- the folders of model files --------------------------------------------------------------------------------------


def folders_of(host: Host) -> Folders:
    """Name to (directories, suffixes): the dict that packs change."""
    if not host.folders:
        settings = host.settings
        given = (*settings.first_model_directories, *settings.extra_model_directories)
        for kind in dict.fromkeys((*_KINDS, *_OTHER_SUFFIXES, *given)):
            host.folders[kind] = (
                [str(path) for path in settings.model_directories(kind)],
                set(_OTHER_SUFFIXES.get(kind, MODEL_SUFFIXES)),
            )
        packs = (settings.base_directory / _PACKS, *settings.pack_directories)
        host.folders[_PACKS] = ([str(path.absolute()) for path in packs], set())
    return host.folders


def settings_with_folders(host: Host) -> Settings:
    """The settings with the directories of model files that packs added."""
    settings = host.settings
    first, more = dict(settings.first_model_directories), dict(settings.extra_model_directories)
    for kind, entry in host.folders.items():
        known = {str(path) for path in settings.model_directories(kind)}
        paths = [] if kind == _PACKS else [str(path) for path in entry[0]]
        before = next((index for index, path in enumerate(paths) if path in known), 0)
        if added := tuple(Path(path).absolute() for path in paths[:before] if path not in known):
            first[kind] = (*added, *first.get(kind, ()))
        if added := tuple(Path(path).absolute() for path in paths[before:] if path not in known):
            more[kind] = (*more.get(kind, ()), *added)
    return replace(settings, first_model_directories=first, extra_model_directories=more)


def map_legacy(folder_name: str) -> str:
    """The name that a folder has today."""
    return OLDER_FOLDERS.get(folder_name, folder_name) if folder_name in ("unet", "clip") else folder_name


def add_model_folder_path(folder_name: str, full_folder_path: str, is_default: bool = False) -> None:
    """Add a directory to a folder; before the others if it is the default."""
    folder_name, path = map_legacy(folder_name), str(full_folder_path)
    directories, _ = folders_of(current_host()).setdefault(folder_name, ([], set()))
    if path in directories:
        if not is_default or directories[0] == path:
            return
        directories.remove(path)
    directories.insert(0 if is_default else len(directories), path)


def get_folder_paths(folder_name: str) -> list[str]:
    """The directories of a folder.

    Raises:
        KeyError: if there is no such folder.
    """
    return list(_entry(folder_name)[0])


def get_filename_list(folder_name: str) -> list[str]:
    """Names of the files of a folder, sorted; they stay up to date where they become the choices of an input.

    Raises:
        KeyError: if there is no such folder.
    """
    folder_name = map_legacy(folder_name)
    directories, suffixes = _entry(folder_name)
    wanted: Collection[str] = suffixes or _EverySuffix()
    names = sorted({name for directory in directories for name in walk_files(Path(directory), wanted)})
    return FileList(names, folder_name) if frozenset(suffixes) == MODEL_SUFFIXES else names


def get_full_path(folder_name: str, filename: str) -> str | None:
    """Where a file of a folder is; None if it is not there, or its name leads elsewhere.

    Raises:
        KeyError: if there is no such folder.
    """
    for directory in _entry(folder_name)[0]:
        path = resolve_model_name(Path(directory), str(filename))
        if path is not None:
            return str(path)
    return None


def get_full_path_or_raise(folder_name: str, filename: str) -> str:
    """As `get_full_path`.

    Raises:
        FileNotFoundError: if it is not there.
    """
    path = get_full_path(folder_name, filename)
    if path is None:
        raise FileNotFoundError(f"There is no file {filename!r} in the folder {folder_name!r}.")
    return path


def _entry(folder_name: str) -> tuple[Sequence[str], Collection[str]]:
    return folders_of(current_host())[map_legacy(folder_name)][:2]


def recursive_search(
    directory: str, excluded_dir_names: Iterable[str] | None = None
) -> tuple[list[str], dict[str, float]]:
    """Names of all files below a directory, and the folders that were looked into, with their time of change."""
    excluded = set(excluded_dir_names or ())
    visited: dict[str, FolderLook] = {}
    found = walk_files(Path(directory), _EverySuffix(), visited=visited)
    names = [name for name in found if excluded.isdisjoint(name.split("/")[:-1])]
    return names, {path: look.changed_at_ns / 1e9 for path, look in visited.items()}


def filter_files_extensions(files: Iterable[str], extensions: Collection[str]) -> list[str]:
    """The names that end so, sorted; all of them if no endings are given."""
    return sorted(name for name in files if not extensions or os.path.splitext(name)[-1].lower() in extensions)


def filter_files_content_types(files: Iterable[str], content_types: Collection[str]) -> list[str]:
    """The names whose ending says that they are of a kind: `image`, `video`, `audio`, `model`."""

    def kind_of(name: str) -> str:
        if os.path.splitext(name)[-1].lower() in (".glb", ".gltf", ".obj", ".stl", ".fbx", ".usdz"):
            return "model"
        return (mimetypes.guess_type(name)[0] or "").partition("/")[0]

    return [name for name in files if kind_of(name) in content_types]


# -- input, output, temp, user ---------------------------------------------------------------------------------------


def directory_of(name: Literal["models", "input", "output", "temp", "user"]) -> str:
    """The path of one of our directories; it is made if it is not there."""
    path = current_host().settings.directory(name)
    path.mkdir(parents=True, exist_ok=True)
    return str(path)


def get_directory_by_type(type_name: str) -> str | None:
    """The path of `input`, `output` or `temp`; None for another name."""
    return directory_of(type_name) if type_name in FOLDERS else None


def refuse_directory(path: str) -> NoReturn:
    """Directories are what the user said at the start.

    Raises:
        PackError: always.
    """
    raise PackError(f"A pack cannot move a directory to {path!r}; the command line says where directories are.")


def annotated_filepath(name: str) -> tuple[str, str | None]:
    """A name without its ending ` [input]`, ` [output]` or ` [temp]`, and the directory that this means."""
    name, folder = split_annotation(name)
    return name, directory_of(folder) if folder is not None else None


def get_annotated_filepath(name: str, default_dir: str | None = None) -> str:
    """The path of a file by a name that may say where it is; it need not exist.

    Raises:
        FileError: if the name leads out of its directory.
    """
    name, directory = annotated_filepath(str(name))
    return str(resolve_inside(Path(directory or default_dir or directory_of("input")), name))


def exists_annotated_filepath(name: str) -> bool:
    """Whether such a file is there."""
    try:
        return os.path.exists(get_annotated_filepath(name))
    except FileError:
        return False


def get_save_image_path(
    filename_prefix: str, output_dir: str, image_width: int = 0, image_height: int = 0
) -> tuple[str, str, int, str, str]:
    """Where the next file of a series goes: folder, beginning of its name, number, subfolder, prefix filled in.

    Raises:
        FileError: if the prefix leads out of the directory.
    """
    prefix = fill_prefix(str(filename_prefix), width=image_width, height=image_height).replace("\\", "/")
    *folders, stem = prefix.split("/")
    subfolder = clean_name("/".join(part for part in folders if part not in ("", ".")))
    if prefix.startswith("/") or ".." in folders:
        raise FileError(f"The file name prefix {filename_prefix!r} leads outside the output directory.")
    root = Path(output_dir)
    folder = resolve_inside(root, subfolder, "The folder") if subfolder else root
    folder.mkdir(parents=True, exist_ok=True)
    stem = clean_name(stem)
    return str(folder), stem, highest_counter(folder, stem) + 1, subfolder, prefix
