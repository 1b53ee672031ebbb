"""What a workflow needs and this machine does not have: node types with the pack they come from, and model files with
the address that the file gives and the nearest file that is there.

Looks at everything that the file says, whichever part of it can run; `engine.graph.validate` says what cannot.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from engine.graph.core_types import core_registry
from engine.graph.json_values import as_list, as_object, as_text, show
from engine.graph.registry import Registry
from engine.graph.schema import ModelFile
from engine.graph.values import Choices
from engine.graph.workflow import Workflow

_CORE_PACK = "comfy-core"
_MOST_COMPARED = 5_000
_LONGEST_COMPARED = 200
_MOST_WITH_NEAREST = 100
"""So many types, and so many files, are compared with what there is; a file may name a hundred thousand."""
_IDS_SHOWN = 20
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class MissingType:
    """A node type that is not there.

    Attributes:
        node_type: Its name.
        node_ids: Where the workflow uses it.
        pack: The registry's name of the pack it comes from (`cnr_id`); empty if the file does not say.
        repository: `owner/name` of the pack (`aux_id`); empty if the file does not say.
        version: Of the pack, as the file was written; empty if it does not say.
        nearest: Types that are there and called alike, best first.
    """

    node_type: str
    node_ids: tuple[str, ...]
    pack: str = ""
    repository: str = ""
    version: str = ""
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        source = " or ".join(filter(None, (self.pack, self.repository)))
        if self.pack == _CORE_PACK:
            origin = "; it is a core node of ComfyUI that is not built in yet"
        else:
            origin = f"; it comes from the pack {source}" if source else ""
        near = f" Called alike: {', '.join(map(repr, self.nearest))}." if self.nearest else ""
        more = f" and {len(self.node_ids) - _IDS_SHOWN} more" if len(self.node_ids) > _IDS_SHOWN else ""
        ids = ", ".join(self.node_ids[:_IDS_SHOWN]) + more
        return (
            f"node type {show(self.node_type)} (node{'s' if len(self.node_ids) > 1 else ''} {ids})"
            f" is not there{origin}.{near}"
        )


@dataclass(frozen=True, slots=True)
class MissingModel:
    """A model file that is not there.

    Attributes:
        name: As the file calls it.
        folder: The kind of model; empty if neither a node nor the file says.
        inputs: `NODE.INPUT`s that name it; none where only the file's list of models does.
        url: Where the file says that it can be had; empty if it does not.
        sha256: Of the file, lower case; empty if not known.
        nearest: The file that is there and comes nearest, or None.
        nearest_by: Why it does.
    """

    name: str
    folder: str
    inputs: tuple[str, ...] = ()
    url: str = ""
    sha256: str = ""
    nearest: str | None = None
    nearest_by: Literal["hash", "base name", "similar name"] | None = None

    def __str__(self) -> str:
        more = f" and {len(self.inputs) - _IDS_SHOWN} more" if len(self.inputs) > _IDS_SHOWN else ""
        used = f" (needed by {', '.join(self.inputs[:_IDS_SHOWN])}{more})" if self.inputs else ""
        where = f" among the {self.folder}" if self.folder else ""
        url = f" It can be had at {self.url}" if self.url else ""
        near = f" The nearest that is there is {self.nearest!r} (same {self.nearest_by})." if self.nearest else ""
        near = near.replace("same similar", "similar")
        return f"model file {show(self.name)}{used} is not there{where}.{near}{url}"


@dataclass(frozen=True, slots=True)
class Missing:
    """All that is missing, in the order of the file."""

    types: tuple[MissingType, ...] = ()
    models: tuple[MissingModel, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.types or self.models)


def find_missing(
    workflow: Workflow,
    registry: Registry,
    files: Callable[[str], Sequence[str]],
    hashes: Mapping[str, tuple[str, str]] | None = None,
) -> Missing:
    """What is not there.

    Args:
        workflow: As read; its canvas document, where it has one, says more about packs and models.
        registry: The node types that there are.
        files: The files of a kind of model, by its folder.
        hashes: (folder, name) of files that are there, by SHA-256, as far as these are known.
    """
    told = _Told.read(workflow.document or {})
    return Missing(
        tuple(_missing_types(workflow, registry, told)),
        tuple(_missing_models(workflow, registry, files, told, hashes or {})),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the canvas document tells: the pack of each type, and records of model files by base name."""

    packs: Mapping[str, Mapping[str, Any]]
    models: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> _Told:
        packs: dict[str, Mapping[str, Any]] = {}
        models: dict[str, Mapping[str, Any]] = {}
        for record in _scopes(document):
            _collect_models(record, models)
            for row in as_list(record.get("nodes")) or []:
                node = as_object(row) or {}
                properties = as_object(node.get("properties")) or {}
                packs.setdefault(as_text(node.get("type")), properties)
                _collect_models(properties, models)
        return cls(packs, models)


def _scopes(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The document and every definition of a subgraph in it."""
    waiting = deque([document])
    while waiting:
        record = waiting.popleft()
        yield record
        definitions = as_object(record.get("definitions")) or {}
        waiting.extend(entry for row in as_list(definitions.get("subgraphs")) or [] if (entry := as_object(row)))


def _collect_models(record: Mapping[str, Any], models: dict[str, Mapping[str, Any]]) -> None:
    for row in as_list(record.get("models")) or []:
        entry = as_object(row)
        if entry is not None and (name := as_text(entry.get("name"))):
            models.setdefault(_base_name(name), entry)


def _missing_types(workflow: Workflow, registry: Registry, told: _Told) -> Iterator[MissingType]:
    used: dict[str, list[str]] = {}
    for node in workflow.nodes.values():
        if node.type not in registry:
            used.setdefault(node.type, []).append(node.id)
    for place, (name, node_ids) in enumerate(used.items()):
        properties = told.packs.get(name, {})
        pack = as_text(properties.get("cnr_id")) or (_CORE_PACK if name in core_registry() else "")
        repository, version = as_text(properties.get("aux_id")), as_text(properties.get("ver"))
        nearest = tuple(registry.nearest(name)) if place < _MOST_WITH_NEAREST else ()
        yield MissingType(name, tuple(node_ids), pack, repository, version, nearest)


def _missing_models(
    workflow: Workflow,
    registry: Registry,
    files: Callable[[str], Sequence[str]],
    told: _Told,
    hashes: Mapping[str, tuple[str, str]],
) -> Iterator[MissingModel]:
    choices: dict[str, Choices] = {}

    def choices_of(folder: str) -> Choices:
        if folder not in choices:
            choices[folder] = Choices(files(folder))
        return choices[folder]

    wanted: dict[tuple[str, str], list[str]] = {}
    for node in workflow.nodes.values():
        definition = registry.get(node.type) or core_registry().get(node.type)
        for declared in definition.inputs if definition is not None else ():
            value = node.inputs.get(declared.name)
            if not isinstance(declared.choices, ModelFile) or not isinstance(value, str):
                continue
            folder = declared.choices.folder
            if value not in declared.choices.extra and choices_of(folder).find(value) is None:
                wanted.setdefault((folder, value), []).append(f"{node.id}.{declared.name}")
    named = {_base_name(name) for _, name in wanted}
    for name, record in told.models.items():
        folder = _folder_of(record)
        if name not in named and choices_of(folder).find(name) is None:
            wanted[folder, as_text(record["name"])] = []
    near = _NearestFiles(lambda folder: choices_of(folder).values, hashes)
    for (folder, name), inputs in wanted.items():
        record = told.models.get(_base_name(name), {})
        is_sha = as_text(record.get("hash_type")).upper() in ("SHA256", "")
        sha256 = as_text(record.get("hash")).lower() if is_sha else ""
        nearest, why = near.find(name, sha256, folder)
        yield MissingModel(name, folder, tuple(inputs), as_text(record.get("url")), sha256, nearest, why)


@dataclass(slots=True)
class _NearestFiles:
    """Looks for the file that comes nearest: by hash, then by base name, then a similar one.

    Attributes:
        names: The files of a folder.
        hashes: (folder, name) by SHA-256.
    """

    names: Callable[[str], Sequence[Any]]
    hashes: Mapping[str, tuple[str, str]]
    _by_base: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    _compared: int = 0

    def find(
        self, name: str, sha256: str, folder: str
    ) -> tuple[str | None, Literal["hash", "base name", "similar name"] | None]:
        if sha256 in self.hashes and self.hashes[sha256][0] == folder:
            return self.hashes[sha256][1], "hash"
        if folder not in self._by_base:
            there = (str(value) for value in reversed(self.names(folder)))
            self._by_base[folder] = {_base_name(each): each for each in there}
        by_base, base = self._by_base[folder], _base_name(name)
        if base in by_base:
            return by_base[base], "base name"
        self._compared += 1
        if self._compared > _MOST_WITH_NEAREST:
            return None, None
        stems = {_stem(each): full for each, full in itertools.islice(by_base.items(), _MOST_COMPARED)}
        near = difflib.get_close_matches(_stem(base)[:_LONGEST_COMPARED], stems, 1)
        return (stems[near[0]], "similar name") if near else (None, None)


def _folder_of(record: Mapping[str, Any]) -> str:
    """The kind of a model as the file has it; empty unless it is a plain name, which leads nowhere else."""
    name = as_text(record.get("directory")).replace("\\", "/").partition("/")[0]
    return name if _FOLDER.fullmatch(name) else ""


def _stem(base: str) -> str:
    """A name without what all files of its kind end with."""
    return PurePosixPath(base).stem.lower()


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
