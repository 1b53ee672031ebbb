"""`convert FILE`: a canvas file or a picture becomes a workflow in API format, as other programs take it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from engine.commands import DONE
from engine.settings import Settings

SUMMARY = "turn a canvas file or a picture into API JSON"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("file", metavar="FILE", help="workflow: JSON of either format, or a picture that carries one")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to the terminal")
    parser.add_argument("--explain", action="store_true", help="list what was dropped, filled in or guessed, and why")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Print or write the JSON; the explanation goes to the error stream."""
    from engine import Engine
    from engine.files import write_whole

    workflow = Engine(settings).load(options.file)
    # Half of a surrogate pair, which JSON can hold and UTF-8 cannot, stays escaped.
    content = json.dumps(workflow.to_api(), indent=2, ensure_ascii=False).encode(errors="backslashreplace") + b"\n"
    if options.explain:
        for note in workflow.notes:
            print(note, file=sys.stderr)
    if options.output is None:
        sys.stdout.write(content.decode())
    else:
        write_whole(options.output, lambda file: file.write(content))
    return DONE
