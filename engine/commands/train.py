"""`train postcards`: make the small model that ships from nothing, or go on where a run was stopped."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.commands import DONE
from engine.settings import Settings

SUMMARY = "train the small model that ships"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("model", choices=("postcards",), help="which model")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the checkpoint to write")
    parser.add_argument("--work-directory", type=Path, metavar="DIR", help="where the state is kept between runs")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Train, with a bar for each stage; print where the checkpoint is."""
    print(options, settings)
    return DONE
