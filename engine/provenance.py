"""Provenance: under which circumstances a run happened, so that it can be repeated exactly. No torch.

`make_record` looks at what the targets need: which files the nodes name, which seeds they have. `FileHashes` knows the
hash of a file until it changes. Device and dtype are the caller's to say.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field

from engine.errors import FileError
from engine.files import FOLDERS, MODEL_SUFFIXES, find_model_file, resolve_input_file, walk_files, write_whole
from engine.graph.json_values import as_list, as_object
from engine.graph.missing import Missing, find_missing
from engine.graph.plan import order_upstream
from engine.graph.registry import Registry
from engine.graph.schema import ModelFile
from engine.graph.values import default_of
from engine.graph.workflow import Link, Node, Workflow
from engine.revisions import commit_of, revision_of
from engine.settings import Settings

VERSION = "0.1.0"
"""Of Skein."""
Seed = Annotated[int, Meta(extra_json_schema={"format": "uint64"})]
"""May be more than a number of JavaScript holds."""

_PACKAGES = ("torch", "transformers", "numpy", "pillow")
_CODE = Path(__file__).resolve().parent.parent
_CPU_INFO = Path("/proc/cpuinfo")
_MOST_KNOWN = 10_000
log = logging.getLogger(__name__)


class ModelRecord(Struct, frozen=True, kw_only=True):
    """A file that a run used: a model, or a picture of the input directory (`folder` is `input`)."""

    folder: str
    name: str
    sha256: str
    size_bytes: int


class RunRecord(Struct, frozen=True, kw_only=True):
    """Under which circumstances a run happened: what is needed to repeat it exactly.

    Attributes:
        versions: By package: skein, python, torch, transformers, numpy, pillow.
        platform: Operating system and processor.
        device: Name of the device.
        dtype: What networks computed in.
        models: Files that the workflow names.
        seeds: Every seed as it was used, by `NODE.INPUT`.
        threads: Of the processor, if it computed: who adds up what decides the last bit of a sum. 0 if it did not.
        commit: Of Skein's own code, in hexadecimal; empty if it does not run from a checkout, or in older records.
        packs: Of the packs whose nodes the workflow uses, by name, the state of their code (`engine.revisions`); None
            in older records, which say nothing of packs.
    """

    versions: dict[str, str]
    platform: str
    device: str
    dtype: str
    models: tuple[ModelRecord, ...] = ()
    seeds: dict[str, Seed] = field(default_factory=dict[str, int])
    threads: int = 0
    commit: str = ""
    packs: dict[str, str] | None = None


class PictureRecord(Struct, frozen=True, kw_only=True):
    """What a picture carries as the text `skein`, in JSON.

    Attributes:
        node_id: The node that saved it.
        index: Its place among the pictures of that node; 0 is the first.
        record: How to make it again.
        seconds: How long each node took that had run before the picture was saved, by node id; not those whose outputs
            were known. Empty in older pictures.
    """

    node_id: str
    index: int
    record: RunRecord
    seconds: dict[str, float] = field(default_factory=dict[str, float])


class FileHashes:
    """SHA-256 of files, computed once for each state of a file (its size and time of change).

    Args:
        store: A JSON file in which the hashes outlive the process; None keeps them in memory. That it cannot be read
            or written costs time, nothing else.
    """

    def __init__(self, store: Path | None = None) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._known: dict[str, list[int | str]] | None = None

    def sha256(self, path: Path) -> tuple[str, int]:
        """The hash in hexadecimal, and the size.

        Raises:
            OSError: if the file cannot be read.
        """
        key = str(path.resolve())
        with self._lock:
            status = os.stat(key)
            state: list[int | str] = [status.st_size, status.st_mtime_ns]
            known = self._read()
            if (entry := known.get(key)) is not None and entry[:2] == state:
                return str(entry[2]), status.st_size
            with open(key, "rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            known.pop(key, None)
            known[key] = [*state, digest]
            self._write(known)
            return digest, status.st_size

    def known(self, path: Path) -> str | None:
        """The hash in hexadecimal if it is known already; None if it would have to be computed, or there is no file."""
        try:
            key = str(path.resolve())
            status = os.stat(key)
        except (OSError, RuntimeError):  # RuntimeError: a loop of links
            return None
        with self._lock:
            entry = self._read().get(key)
        return str(entry[2]) if entry is not None and entry[:2] == [status.st_size, status.st_mtime_ns] else None

    def _read(self) -> dict[str, list[int | str]]:
        if self._known is None:
            self._known = dict(_read_store(self._store)) if self._store is not None else {}
        return self._known

    def _write(self, known: dict[str, list[int | str]]) -> None:
        if self._store is None:
            return
        content = json.dumps(dict(list(known.items())[-_MOST_KNOWN:])).encode()
        try:
            write_whole(self._store, lambda file: file.write(content))
        except FileError as error:
            log.info("The hashes of model files are not kept: %s", error)


def _read_store(store: Path) -> Iterator[tuple[str, list[int | str]]]:
    try:
        document: object = json.loads(store.read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    for key, value in (as_object(document) or {}).items():
        match as_list(value):
            case [int() as size, int() as changed, str() as digest]:
                yield key, [size, changed, digest]
            case _:
                pass


def open_hashes(settings: Settings) -> FileHashes:
    """The hashes that all programs on one user directory share."""
    return FileHashes(settings.directory("user") / "cache" / "file_hashes.json")


def known_hashes(settings: Settings, hashes: FileHashes, folder: str) -> dict[str, tuple[str, str]]:
    """(folder, name) of the model files of a kind by SHA-256, as far as hashes are known; none is computed."""
    return {
        digest: (folder, name)
        for directory in reversed(settings.model_directories(folder))  # the first directory with a file counts
        for name in walk_files(directory, MODEL_SUFFIXES)
        if (digest := hashes.known(directory / name)) is not None
    }


def missing_here(
    workflow: Workflow,
    registry: Registry,
    files: Callable[[str], Sequence[str]],
    settings: Settings,
    hashes: FileHashes,
) -> Missing:
    """What a workflow needs and is not there; a file of another name that is the same is told by its hash.

    Args:
        workflow: As read.
        registry: The node types that there are.
        files: The files of a kind of model, by its folder.
        settings: Where these are.
        hashes: As far as they are known; none is computed.
    """
    missing = find_missing(workflow, registry, files)
    folders = {model.folder for model in missing.models if model.folder and model.sha256}
    if not folders:
        return missing
    known = [known_hashes(settings, hashes, folder) for folder in sorted(folders)]
    return find_missing(workflow, registry, files, {key: at for some in known for key, at in some.items()})


def make_record(
    workflow: Workflow,
    targets: Sequence[str] | None,
    registry: Registry,
    settings: Settings,
    hashes: FileHashes,
    *,
    device: str,
    dtype: str,
    threads: int = 0,
    packs: Mapping[str, tuple[str, Path]] | None = None,
) -> RunRecord:
    """The record of a run.

    Args:
        workflow: Validated, or as submitted.
        targets: Only what these nodes need is looked at; None means every node.
        registry: Says which inputs name files and which are seeds.
        settings: Where files are.
        hashes: Hashes known before.
        device: Name of the device.
        dtype: What networks compute in.
        threads: How many threads of the processor compute; 0 if an accelerator does.
        packs: By node type, for types of packs, the pack's name and where it is.
    """
    wanted = workflow.nodes if targets is None else targets
    nodes = [workflow.nodes[node_id] for node_id in order_upstream(workflow, wanted)]
    return RunRecord(
        versions=package_versions(),
        platform=describe_platform(),
        device=device,
        dtype=dtype,
        models=tuple(_record_files(nodes, registry, settings, hashes)),
        seeds=dict(_find_seeds(nodes, workflow, registry)),
        threads=threads,
        commit=commit_of(_CODE),
        packs={name: revision_of(path) for name, path in sorted(_packs_of(nodes, packs or {}))},
    )


def list_changes(then: RunRecord, now: RunRecord) -> list[str]:
    """What is different now and may change the result, one sentence each: versions, packs, device, files; not seeds."""
    changes = list(_list_differences(then.versions, now.versions))
    if then.commit and then.commit != now.commit:
        changes.append(f"the code of Skein was commit {then.commit[:12]}, is {now.commit[:12] or 'no checkout'}")
    if then.packs is not None:
        packs = _list_differences(then.packs, now.packs or {})
        changes += [f"the pack {change}" for change in packs]
    for name in ("platform", "device", "dtype", "threads"):
        before, today = getattr(then, name), getattr(now, name)
        if before != today:
            changes.append(f"{name} was {before}, is {today}")
    files = {(file.folder, file.name): file for file in now.models}
    for file in then.models:
        present = files.get((file.folder, file.name))
        if present is None:
            changes.append(f"{file.folder}/{file.name} is not there")
        elif present.sha256 != file.sha256:
            changes.append(
                f"{file.folder}/{file.name} has changed: its SHA-256 was {file.sha256[:12]}..., "
                f"is {present.sha256[:12]}..."
            )
    return changes


def _list_differences(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in {**then, **now}:
        before, today = then.get(name, "not there"), now.get(name, "not there")
        if before != today:
            yield f"{name} was {before}, is {today}"


@cache
def package_versions() -> dict[str, str]:
    """Versions by package; packages that are not installed are left out."""
    versions = {"skein": VERSION, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            log.debug("%s is not installed", name)
    return versions


@cache
def describe_platform() -> str:
    """Operating system and processor: results of floating point differ between processors."""
    processor = platform.processor() or platform.machine()
    try:
        lines = _CPU_INFO.read_text(errors="replace").splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{platform.system()} {platform.machine()}, {processor}"


def _record_files(
    nodes: Iterable[Node], registry: Registry, settings: Settings, hashes: FileHashes
) -> Iterator[ModelRecord]:
    """Each file once, in the order in which nodes need them; what is not there is left out."""
    named: dict[tuple[str, str], None] = {}
    for node in nodes:
        definition = registry.get(node.type)
        for declared in definition.inputs if definition is not None else ():
            name = node.inputs.get(declared.name)
            if isinstance(declared.choices, ModelFile) and isinstance(name, str):
                named[declared.choices.folder, name] = None
    for folder, name in named:
        try:
            if folder in FOLDERS:
                path = resolve_input_file(settings, name, folder=folder)
            else:
                path = find_model_file(settings, folder, name)
            digest, size_bytes = hashes.sha256(path)
        except (FileError, OSError) as error:
            log.debug("no hash of %s: %s", name, error)
            continue
        yield ModelRecord(folder=folder, name=name, sha256=digest, size_bytes=size_bytes)


def _packs_of(nodes: Iterable[Node], packs: Mapping[str, tuple[str, Path]]) -> set[tuple[str, Path]]:
    return {packs[node.type] for node in nodes if node.type in packs}


def _find_seeds(nodes: Iterable[Node], workflow: Workflow, registry: Registry) -> Iterator[tuple[str, int]]:
    """Every seed that stands in the workflow, also one that comes through links from a node that holds a number."""
    for node in nodes:
        definition = registry.get(node.type)
        for declared in definition.inputs if definition is not None else ():
            if declared.seed_control:
                value = _follow(node.inputs.get(declared.name, default_of(declared)), workflow)
                if isinstance(value, int) and not isinstance(value, bool):
                    yield f"{node.id}.{declared.name}", value


def _follow(value: object, workflow: Workflow) -> object:
    """What a link brings, if it comes from a node that has nothing but one value to pass on."""
    for _ in range(len(workflow.nodes)):
        if type(value) is not Link:
            break
        source = workflow.nodes.get(value.node_id)
        value = next(iter(source.inputs.values())) if source is not None and len(source.inputs) == 1 else None
    return value
