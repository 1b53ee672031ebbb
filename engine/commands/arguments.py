"""Reads the command line: the options that all commands share, and each command's own.

Turns them into `Settings`; knows nothing of what the commands do.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from engine.commands import COMMANDS
from engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for: which command, with which options, under which settings."""

    execute: Callable[[argparse.Namespace, Settings], int]
    options: argparse.Namespace
    settings: Settings
    log_level: str


def read_arguments(arguments: Sequence[str] | None = None) -> Request:
    """Parse the command line. Exits with status 2 and a usage message if it cannot be read, as argparse does."""
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Skein: run Stable Diffusion workflows.",
        epilog="main.py COMMAND --help tells more.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    shared = _shared_options()
    for name in COMMANDS:
        module = import_module(f"engine.commands.{name}")
        subparser = commands.add_parser(name, help=module.SUMMARY, description=module.SUMMARY, parents=[shared])
        module.add_arguments(subparser)
        subparser.set_defaults(execute=module.execute)
    options = parser.parse_args(arguments)
    return Request(options.execute, options, _settings(options), options.verbose)


def _shared_options() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    group = shared.add_argument_group("where and on what")
    directories = {
        "base": "holds models, input, output, temp and user, unless they are given",
        "models": "model files, one folder a kind",
        "input": "pictures that workflows load",
        "output": "where results go",
        "temp": "where previews go",
        "user": "settings and saved workflows",
    }
    for name, meaning in directories.items():
        group.add_argument(f"--{name}-directory", type=Path, metavar="DIR", help=meaning)
    device = group.add_mutually_exclusive_group()
    device.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or cuda:N (default: auto)")
    device.add_argument("--cpu", dest="device", action="store_const", const="cpu", help="compute on the processor")
    group.add_argument(
        "--dtype",
        choices=("auto", "float32", "float16", "bfloat16"),
        default="auto",
        help="what networks compute in (default: auto, by device)",
    )
    group.add_argument(
        "--verbose",
        nargs="?",
        const="DEBUG",
        default="WARNING",
        type=str.upper,
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        metavar="LEVEL",
        help="how much is logged (DEBUG if no level is named)",
    )
    return shared


def _settings(options: argparse.Namespace) -> Settings:
    given = {
        f"{name}_directory": path
        for name in ("base", "models", "input", "output", "temp", "user")
        if (path := getattr(options, f"{name}_directory")) is not None
    }
    return Settings(device=options.device, dtype=options.dtype, **given)
