"""`folder_paths`: directories and files."""

from __future__ import annotations

from typing import Any

from engine.compat.host import current_host
from engine.compat.pack_paths import (
    add_model_folder_path,
    annotated_filepath,
    directory_of,
    exists_annotated_filepath,
    filter_files_content_types,
    filter_files_extensions,
    folders_of,
    get_annotated_filepath,
    get_directory_by_type,
    get_filename_list,
    get_folder_paths,
    get_full_path,
    get_full_path_or_raise,
    get_save_image_path,
    map_legacy,
    recursive_search,
    refuse_directory,
)
from engine.files import MODEL_SUFFIXES

__all__ = [
    "add_model_folder_path",
    "annotated_filepath",
    "exists_annotated_filepath",
    "filter_files_content_types",
    "filter_files_extensions",
    "get_annotated_filepath",
    "get_directory_by_type",
    "get_filename_list",
    "get_folder_paths",
    "get_full_path",
    "get_full_path_or_raise",
    "get_save_image_path",
    "map_legacy",
    "recursive_search",
]

supported_pt_extensions = set(MODEL_SUFFIXES)
filename_list_cache: dict[str, Any] = {}
extension_mimetypes_cache: dict[str, str] = {"webp": "image", "fbx": "model"}
set_output_directory = set_input_directory = set_temp_directory = set_user_directory = refuse_directory


def get_output_directory() -> str:
    """Where results are saved."""
    return directory_of("output")


def get_input_directory() -> str:
    """Where uploads are."""
    return directory_of("input")


def get_temp_directory() -> str:
    """Where previews are."""
    return directory_of("temp")


def get_user_directory() -> str:
    """Where settings are."""
    return directory_of("user")


def __getattr__(name: str) -> Any:
    match name:
        case "folder_names_and_paths":
            return folders_of(current_host())
        case "base_path":
            return str(current_host().settings.base_directory)
        case "models_dir":
            return str(current_host().settings.directory("models"))
        case "output_directory":
            return get_output_directory()
        case "input_directory":
            return get_input_directory()
        case "temp_directory":
            return get_temp_directory()
        case "user_directory":
            return get_user_directory()
        case _:
            raise AttributeError(f"module 'folder_paths' has no attribute {name!r}")
