"""Which workflow file a job ran, and what of it had been changed without being saved.

Whoever submits a job may say in its `extra_data`, under `KEY`, which file the workflow came from and at which revision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from engine.graph.json_values import as_object
from engine.server.canvas.database import Database
from engine.server.canvas.documents import Changes
from engine.server.canvas.looking import Looker
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


class SaidOrigin(Struct, frozen=True, kw_only=True):
    """What a job says of its workflow file.

    Attributes:
        name: Of the file.
        revision: That was open; None if it does not say.
        document: The canvas document that ran, as JSON text; None if there is none to be compared.
    """

    name: str
    revision: str | None
    document: bytes | None


def read_origin(extra_data: Mapping[str, Any]) -> SaidOrigin | None:
    """What the extra data of a job say of a workflow file; None if that is nothing."""
    said = as_object(extra_data.get(KEY)) or {}
    name, revision = said.get("name"), said.get("revision")
    if not isinstance(name, str) or not name:
        return None
    if not isinstance(revision, str):
        return SaidOrigin(name=name[:1000], revision=None, document=None)
    document = as_object((as_object(extra_data.get("extra_pnginfo")) or {}).get("workflow"))
    text = None if document is None else json.dumps(document).encode()
    return SaidOrigin(name=name[:1000], revision=revision, document=text)


async def find_origin(database: Database, looker: Looker, said: SaidOrigin) -> WorkflowOrigin:
    """The workflow file of a job.

    Args:
        database: Of the canvas.
        looker: Compares what ran with what was open.
        said: What the job says of it.

    Raises:
        StoreError: The database cannot be read.
    """
    name, revision = said.name, said.revision
    found = None
    if revision is not None:
        found = await database.ask(lambda connection: find_revision(connection, name, revision))
    if found is None:
        return WorkflowOrigin(name=name, version=None, is_newest=False, changes=None)
    version, text, is_newest = found
    changes = None if said.document is None else (await looker.compare(text, said.document)).changes
    return WorkflowOrigin(name=name, version=version, is_newest=is_newest, changes=changes)
