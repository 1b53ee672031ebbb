"""Which workflow file a job ran, and what of it had been changed without being saved.

Whoever submits a job may say in its `extra_data`, under `KEY`, which file the workflow came from and at which revision.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from engine.graph.json_values import as_object
from engine.server.canvas.documents import Changes, compare
from engine.server.canvas.versions import Version, find_revision

KEY = "workflow_file"


class WorkflowOrigin(Struct, frozen=True, kw_only=True):
    """The workflow file that a job ran.

    Attributes:
        name: Of the file as it was called then.
        version: The version that was open; null if it is not kept any more.
        is_newest: Whether that is the newest version of the file.
        changes: What had been changed in it, and not saved, when it ran; null if that cannot be told.
    """

    name: str
    version: Version | None
    is_newest: bool
    changes: Changes | None


def find_origin(connection: sqlite3.Connection, extra_data: Mapping[str, Any]) -> WorkflowOrigin | None:
    """The workflow file of a job; None if nothing says which that was.

    Args:
        connection: To the database of the canvas.
        extra_data: Of the job.
    """
    said = as_object(extra_data.get(KEY)) or {}
    name, revision = said.get("name"), said.get("revision")
    if not isinstance(name, str) or not name:
        return None
    found = find_revision(connection, name, revision) if isinstance(revision, str) else None
    if found is None:
        return WorkflowOrigin(name=name[:1000], version=None, is_newest=False, changes=None)
    version, text, is_newest = found
    document = as_object((as_object(extra_data.get("extra_pnginfo")) or {}).get("workflow"))
    changes = None if document is None else compare(text, json.dumps(document).encode())
    return WorkflowOrigin(name=name, version=version, is_newest=is_newest, changes=changes)
