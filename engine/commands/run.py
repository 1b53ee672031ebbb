"""`run FILE`: run a saved workflow headless and leave its files in the output directory."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.commands import BAD_REQUEST, DONE, INTERRUPTED, RUN_FAILED
from engine.errors import EngineError, Interrupted, NodeError, ValidationError, WorkflowError
from engine.files import FOLDERS
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.execution.events import Event
    from engine.graph.workflow import Workflow
    from engine.runtime import Engine, RunResult

SUMMARY = "run a workflow file"
_SEED_COUNT = 2**64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("file", metavar="FILE", help="workflow: JSON of either format, or a file that carries one")
    add_set_argument(parser)
    parser.add_argument("--seed", type=int, metavar="N", help="set every seed of the workflow")
    parser.add_argument(
        "--batch", type=int, default=1, metavar="N", help="run N times, each with the next seed (default: 1)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")


def add_set_argument(parser: argparse.ArgumentParser) -> None:
    """Declare `--set`, which may be repeated; its values are for `parse_assignment`."""
    parser.add_argument(
        "--set",
        dest="inputs",
        action="append",
        default=[],
        metavar="NODE.INPUT=VALUE",
        help="set an input; NODE is an id or a title; may be repeated",
    )


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Run the workflow as often as asked; print the path of each file it left."""
    from engine.commands.opening import open_engine

    report: dict[str, Any] = {"status": "succeeded", "runs": []}
    try:
        if options.batch < 1:
            raise WorkflowError(f"--batch must be 1 or more, not {options.batch}.")
        engine = open_engine(settings)
        workflow = engine.load(options.file)
        for inputs in _inputs_of_runs(engine, workflow, options):
            nodes: dict[str, Any] = {}
            targets, left_out = _runnable(engine, workflow, inputs)
            result = run_with_bars(
                engine, workflow, inputs, targets, quiet=options.json, note=partial(_note_times, nodes)
            )
            report["runs"].append(_describe(result, inputs, settings))
            if options.json:
                report["runs"][-1] |= {"nodes": nodes, "record": _make_record(engine, workflow, inputs)}
            else:
                _print_files(report["runs"][-1])
            if left_out is not None:
                raise left_out
        status = DONE
    except EngineError as error:
        status, report["status"] = _outcome(error)
        report["error"] = error.record()
        if isinstance(error, ValidationError):
            report["node_errors"] = error.by_node()
        if not options.json:
            print("\n".join(filter(None, (f"{report['status']}: {error}", error.details))), file=sys.stderr)
    if options.json:
        print(json.dumps(report, indent=2))
    return status


def _outcome(error: EngineError) -> tuple[int, str]:
    if isinstance(error, Interrupted):
        return INTERRUPTED, "interrupted"
    if isinstance(error, NodeError):
        return RUN_FAILED, "failed"
    return BAD_REQUEST, "refused"


def run_with_bars(
    engine: Engine,
    workflow: Workflow,
    inputs: Mapping[str, Any] | None = None,
    targets: Iterable[str] | None = None,
    *,
    quiet: bool,
    note: Callable[[Event], None] | None = None,
) -> RunResult:
    """Run a workflow with its progress on the terminal; the first Ctrl-C stops it between steps.

    Args:
        engine: Runs it.
        workflow: As loaded.
        inputs: As for `Engine.run`.
        targets: As for `Engine.run`.
        quiet: Show no progress.
        note: Receives the events too.
    """
    from engine.commands.progress import ProgressBars

    titles = {node.id: node.title for node in workflow.nodes.values()}
    with ProgressBars(titles, quiet=quiet) as bars, _interrupt_on_signal(engine):

        def show(event: Event) -> None:
            bars.show(event)
            if note is not None:
                note(event)

        return engine.run(workflow, inputs, targets, show)


@contextmanager
def _interrupt_on_signal(engine: Engine) -> Generator[None]:
    """The first Ctrl-C stops the run between steps; a second one ends the program as usual."""

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        print("\nStopping after this step; Ctrl-C again to quit at once.", file=sys.stderr)
        engine.interrupt()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _runnable(
    engine: Engine, workflow: Workflow, inputs: Mapping[str, Any]
) -> tuple[list[str] | None, ValidationError | None]:
    """The outputs that can run where not all can, and the error that says why the others cannot.

    None where all can run, or none can.
    """
    checked = engine.validate(engine.set_inputs(workflow, inputs))
    error = checked.failure()
    if error is None or not checked.targets:
        return None, None
    return list(checked.targets), error


def _inputs_of_runs(engine: Engine, workflow: Workflow, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What each run sets: `--set` as given, and the seeds, one further each time."""
    given = dict(parse_assignment(assignment) for assignment in options.inputs)
    seeds = _seed_inputs(engine, workflow)
    if (options.seed is not None or options.batch > 1) and not seeds:
        raise WorkflowError(f"{options.file}: --seed and --batch need a seed, and no node of this workflow has one.")
    for number in range(options.batch):
        moved = {
            name: ((stored if options.seed is None else options.seed) + number) % _SEED_COUNT
            for name, stored in seeds.items()
            if options.seed is not None or number
        }
        yield {**moved, **given}


def parse_assignment(assignment: str) -> tuple[str, str]:
    """A value of `--set`, in two.

    Raises:
        WorkflowError: if it is not NODE.INPUT=VALUE.
    """
    name, equals, value = assignment.partition("=")
    if not equals or "." not in name:
        raise WorkflowError(f"--set {assignment!r}: expected NODE.INPUT=VALUE, for example 3.seed=7.")
    return name, value


def _seed_inputs(engine: Engine, workflow: Workflow) -> dict[str, int]:
    """Every seed that stands in the workflow as a number, by NODE.INPUT."""
    return {
        f"{node.id}.{declared.name}": node.inputs[declared.name]
        for node in workflow.nodes.values()
        if (definition := engine.registry.get(node.type)) is not None
        for declared in definition.inputs
        if declared.seed_control and isinstance(node.inputs.get(declared.name), int)
    }


def _note_times(nodes: dict[str, Any], event: Event) -> None:
    """Keep what each node took."""
    from engine.execution.events import NodeFinished

    if isinstance(event, NodeFinished) and not event.cached:
        nodes[event.node_id] = {"type": event.node_type, "seconds": round(event.seconds, 6)}


def _make_record(engine: Engine, workflow: Workflow, inputs: Mapping[str, Any]) -> Any:
    """How to repeat the run, as JSON values."""
    import msgspec

    checked = engine.validate(engine.set_inputs(workflow, inputs))
    return msgspec.to_builtins(engine.make_record(checked.workflow, checked.targets))


def _describe(result: RunResult, inputs: dict[str, Any], settings: Settings) -> dict[str, Any]:
    outputs = {
        node_id: {key: [_with_path(item, settings) for item in items] for key, items in ui.items()}
        for node_id, ui in result.ui.items()
    }
    return {"seconds": round(result.seconds, 3), "inputs": inputs, "cached": sorted(result.cached), "outputs": outputs}


def _with_path(item: object, settings: Settings) -> object:
    """What a node showed; where that is a file, with its path."""
    if not isinstance(item, Mapping):
        return item
    record = cast(Mapping[str, Any], item)
    if record.get("type") not in FOLDERS or "filename" not in record:
        return record
    path = settings.directory(record["type"]) / record.get("subfolder", "") / record["filename"]
    return {**record, "path": str(path)}


def _print_files(run: dict[str, Any]) -> None:
    """One line for each file that a run left, and for what else it has to show."""
    for ui in run["outputs"].values():
        for items in ui.values():
            for item in items:
                match item:
                    case {"path": str(path)}:
                        print(_shortest(path))
                    case _:
                        print(item)


def _shortest(path: str) -> Path:
    """The path as one would type it here."""
    here = Path.cwd()
    return Path(path).relative_to(here) if Path(path).is_relative_to(here) else Path(path)
