"""`convert FILE`: a canvas file or a picture becomes API JSON, as other programs take it, or a Python script."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from engine.commands import DONE
from engine.commands.run import add_set_argument, parse_assignment
from engine.settings import Settings

SUMMARY = "turn a canvas file or a picture into API JSON or a script, or write changed values back"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("file", metavar="FILE", help="workflow: JSON of either format, or a file that carries one")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to the terminal")
    parser.add_argument("--explain", action="store_true", help="list what was dropped, filled in or guessed, and why")
    parser.add_argument(
        "--to",
        choices=("api", "canvas", "python"),
        default="api",
        help="the format to write; canvas: the file as it is, with the values that --set changes; python: a script that"
        " runs it (default: api)",
    )
    add_set_argument(parser)


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Print or write it; the explanation goes to the error stream.

    Raises:
        WorkflowError: if the file cannot be read, or what was set has no place in the format.
    """
    from engine.commands.opening import open_engine
    from engine.files import write_whole
    from engine.graph.saving import name_nodes, save_api, save_canvas
    from engine.graph.script import write_script

    engine = open_engine(settings)
    workflow = engine.load(options.file)
    workflow = engine.set_inputs(workflow, dict(parse_assignment(assignment) for assignment in options.inputs))
    if options.to == "python":
        text = write_script(name_nodes(workflow, engine.registry), Path(options.file).stem)
    else:
        document = (
            save_canvas(workflow, engine.registry)
            if options.to == "canvas"
            else save_api(name_nodes(workflow, engine.registry), engine.registry)
        )
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    # Half of a surrogate pair, which JSON can hold and UTF-8 cannot, stays escaped.
    content = text.encode(errors="backslashreplace")
    if options.explain:
        for note in workflow.notes:
            print(f"{note.kind:8} {note}", file=sys.stderr)
    if options.output is None:
        sys.stdout.write(content.decode())
    else:
        write_whole(options.output, lambda file: file.write(content))
    return DONE
