"""`reproduce PICTURE`: run the workflow that a picture carries once more and say whether the pixels are equal."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.commands import DONE, INTERRUPTED, RUN_FAILED
from engine.errors import FileError, Interrupted, WorkflowError
from engine.settings import DTYPES, DTypeName, Settings

if TYPE_CHECKING:
    from engine.graph.workflow import Workflow
    from engine.images.comparison import Difference
    from engine.provenance import PictureRecord
    from engine.runtime import Engine, RunResult

_MOST_THREADS = 1024
SUMMARY = "make a picture again and say whether the pixels are equal"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="a picture that carries its workflow")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")


@dataclass(frozen=True, slots=True)
class _Origin:
    """What a picture tells about where it comes from. Without a record, which output it was is not known."""

    document: dict[str, Any]
    told: PictureRecord | None = None


@dataclass(frozen=True, slots=True)
class _Match:
    """One of the pictures that were made now, and how it differs; `sizes` are set if it cannot be compared."""

    node_id: str
    index: int
    difference: Difference | None
    sizes: tuple[tuple[int, int, int], tuple[int, int, int]] | None = None

    @property
    def distance(self) -> tuple[bool, float]:
        """The smaller, the more alike."""
        return self.sizes is not None, 0.0 if self.difference is None else self.difference.mean


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Print whether the picture came out equal. Status 0 if it did, 1 if not, 2 if that cannot be said.

    Raises:
        EngineError: if the picture carries no workflow, or its workflow cannot be run.
    """
    from engine.commands.opening import open_engine
    from engine.commands.run import run_with_bars
    from engine.provenance import list_changes

    origin = _read_origin(options.picture, settings)
    told = origin.told
    with tempfile.TemporaryDirectory(prefix="skein-reproduce-") as directory, _threads_of(told):
        there = replace(
            settings,
            output_directory=Path(directory) / "output",
            temp_directory=Path(directory) / "temp",
            save_metadata=False,
            dtype=_dtype_of(told) if settings.dtype == "auto" else settings.dtype,
        )
        engine = open_engine(there)
        workflow = engine.load(origin.document)
        _bring_files(engine, workflow, settings)
        targets = [told.node_id] if told is not None and told.node_id in workflow.nodes else None
        changes = [] if told is None else list_changes(told.record, engine.make_record(workflow, targets))
        if not options.json:
            for change in changes:
                print(f"changed since: {change}")
        try:
            result = run_with_bars(engine, workflow, targets=targets, quiet=options.json)
        except Interrupted as error:
            print(f"interrupted: {error}", file=sys.stderr)
            return INTERRUPTED
        match = _find_match(options.picture, origin, result, there)
    is_equal = match.difference is None and match.sizes is None
    if options.json:
        print(json.dumps(_report(match, workflow, changes, is_equal=is_equal), indent=2))
    else:
        print(_describe(match, workflow, is_equal=is_equal))
    return DONE if is_equal else RUN_FAILED


# -- what the picture says -------------------------------------------------------------------------------------------


def _read_origin(picture: Path, settings: Settings) -> _Origin:
    """The workflow as it ran (`prompt`), and the record, if the picture has one.

    Raises:
        FileError: if it cannot be read or is no picture.
        WorkflowError: if it carries no workflow.
    """
    import msgspec

    from engine.graph.document import parse_json_text
    from engine.graph.json_values import as_object
    from engine.images.metadata import read_metadata
    from engine.provenance import PictureRecord

    texts = read_metadata(picture, settings.max_workflow_bytes)
    key = next((key for key in ("prompt", "workflow") if texts.get(key)), None)
    if key is None:
        raise WorkflowError(f"The picture {picture.name!r} carries no workflow, so it cannot be made again.")
    document = parse_json_text(texts[key].encode(), f"the text {key!r} in {picture.name!r}")
    if as_object(document) is None:
        raise WorkflowError(f"The text {key!r} in {picture.name!r} is no workflow.")
    if "skein" not in texts:
        return _Origin(document)
    try:
        return _Origin(document, msgspec.json.decode(texts["skein"], type=PictureRecord))
    except (msgspec.DecodeError, RecursionError):
        print(f"The record in {picture.name!r} cannot be read and is left out.", file=sys.stderr)
        return _Origin(document)


def _dtype_of(told: PictureRecord | None) -> DTypeName:
    return told.record.dtype if told is not None and told.record.dtype in DTYPES else "auto"


@contextmanager
def _threads_of(told: PictureRecord | None) -> Generator[None]:
    """As many threads as there were then, if the processor computed."""
    import torch

    before = torch.get_num_threads()
    if told is not None and 0 < told.record.threads <= _MOST_THREADS:
        torch.set_num_threads(told.record.threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _bring_files(engine: Engine, workflow: Workflow, settings: Settings) -> None:
    """Copy what the workflow loads from the output and temp directories to those of this run."""
    from engine.files import FOLDERS, resolve_input_file, split_annotation
    from engine.graph.schema import ModelFile

    for node in workflow.nodes.values():
        definition = engine.registry.get(node.type)
        for declared in definition.inputs if definition is not None else ():
            name = node.inputs.get(declared.name)
            if not isinstance(declared.choices, ModelFile) or not isinstance(name, str):
                continue
            folder = declared.choices.folder
            if folder not in FOLDERS or (kind := split_annotation(name)[1] or folder) == "input":
                continue
            try:
                path = resolve_input_file(settings, name, folder=folder)
            except FileError:
                continue  # running it will say so
            copy = engine.settings.directory(kind) / path.relative_to(settings.directory(kind).resolve())
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


# -- what came of it -------------------------------------------------------------------------------------------------


def _find_match(picture: Path, origin: _Origin, result: RunResult, settings: Settings) -> _Match:
    """The picture made now that is the one given, or the one most like it.

    Raises:
        WorkflowError: if the run left no picture in its place.
    """
    from engine.images.comparison import compare_frames, size_of
    from engine.images.frames import read_frames

    given = read_frames(picture, settings.max_image_pixels)
    best: _Match | None = None
    for node_id, index, path in _pictures_of(result, settings):
        if origin.told is not None and (node_id, index) != (origin.told.node_id, origin.told.index):
            continue
        made = read_frames(path, settings.max_image_pixels)
        sizes = size_of(given), size_of(made)
        if sizes[0] == sizes[1]:
            match = _Match(node_id, index, compare_frames(given, made))
        else:
            match = _Match(node_id, index, None, sizes)
        if best is None or match.distance < best.distance:
            best = match
    if best is None:
        raise WorkflowError(f"The workflow in {picture.name!r} was run and left no picture to compare with.")
    return best


def _pictures_of(result: RunResult, settings: Settings) -> Iterator[tuple[str, int, Path]]:
    """The node, the place among its pictures, and the file, of all that the run left."""
    for node_id, ui in result.ui.items():
        for items in ui.values():
            for index, item in enumerate(items):
                match item:
                    case {"filename": str(name), "type": "output" | "temp" as kind}:
                        folder = str(cast("dict[str, Any]", item).get("subfolder", ""))
                        path = settings.directory(kind) / folder / name
                        if path.is_file() and _is_picture(path):
                            yield node_id, index, path
                    case _:
                        pass


def _is_picture(path: Path) -> bool:
    from engine.images.containers import sniff

    with open(path, "rb") as file:
        return sniff(file.read(32)) is not None


def _describe(match: _Match, workflow: Workflow, *, is_equal: bool) -> str:
    node = workflow.nodes.get(match.node_id)
    place = f"node {node.label if node is not None else match.node_id}, picture {match.index + 1}"
    if is_equal:
        return f"equal: {place}, every pixel"
    if match.sizes is not None:
        (width, height, frames), (new_width, new_height, new_frames) = match.sizes
        before = f"{width} x {height}{f' in {frames} frames' if frames > 1 else ''}"
        now = f"{new_width} x {new_height}{f' in {new_frames} frames' if new_frames > 1 else ''}"
        return f"differs: {place}: the picture has {before} pixels, this run made {now}"
    difference = cast("Difference", match.difference)
    left, top, right, bottom = difference.box
    return (
        f"differs: {place}: {difference.pixels} of {difference.of_pixels} pixels"
        f" ({100 * difference.pixels / difference.of_pixels:.2f} %), by at most {difference.largest:g} of 255 and"
        f" {difference.mean:.3g} on average, between ({left}, {top}) and ({right}, {bottom})"
        f"{f', from frame {difference.frame + 1} on' if difference.frame else ''}"
    )


def _report(match: _Match, workflow: Workflow, changes: list[str], *, is_equal: bool) -> dict[str, Any]:
    node = workflow.nodes.get(match.node_id)
    return {
        "status": "equal" if is_equal else "different",
        "node_id": match.node_id,
        "node_type": None if node is None else node.type,
        "index": match.index,
        "changes": changes,
        "difference": None if match.difference is None else asdict(match.difference),
        "sizes": match.sizes,
    }
