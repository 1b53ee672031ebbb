"""Whether the files that a node showed are still there: a saved picture that was deleted has to be made again."""

from __future__ import annotations

from engine.errors import FileError
from engine.execution.events import Ui
from engine.files import FOLDERS, resolve_inside
from engine.graph.json_values import as_object, as_text
from engine.settings import Settings


def shown_files_exist(ui: Ui, settings: Settings) -> bool:
    """Look at every `{"filename", "subfolder", "type"}` among what a node gave to be shown."""
    for items in ui.values():
        for item in items:
            record = as_object(item)
            if record is not None and not _exists(record.get("type"), record, settings):
                return False
    return True


def _exists(kind: object, record: object, settings: Settings) -> bool:
    reference = as_object(record) or {}
    name = as_text(reference.get("filename"))
    if not name or kind not in FOLDERS:
        return True  # not a reference to a file
    directory = settings.directory(kind)
    folder = as_text(reference.get("subfolder"))
    try:
        return resolve_inside(directory, f"{folder}/{name}" if folder else name).is_file()
    except FileError:
        return False
