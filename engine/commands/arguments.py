"""Reads the command line: the flags that all commands share, and each command's own. Without a command, it serves.

Turns flags into `Settings`, as the rows of `engine.commands.flags` say; knows nothing of what the commands do.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, cast

from engine.commands import COMMANDS
from engine.commands.flags import ENGINE, Flag
from engine.commands.model_paths import AUTOMATIC_FILE, read_model_paths
from engine.settings import Settings

SERVE = "serve"
"""What is meant when no command is named."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for: which command, with which options, under which settings."""

    execute: Callable[[argparse.Namespace, Settings], int]
    options: argparse.Namespace
    settings: Settings
    log_level: str
    logs_to_stdout: bool


def read_arguments(arguments: Sequence[str] | None = None) -> Request:
    """Parse the command line. Exits with status 2 and a usage message if it cannot be read, as argparse does.

    Raises:
        FileError: if a file of model directories cannot be read.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = given.pop(0) if given and given[0] in COMMANDS else ""
    if not name and given and given[0] in ("-h", "--help"):
        _show_overview()
    module = import_module(f"engine.commands.{name or SERVE}")
    parser = _make_parser(name, module)
    options, unknown = parser.parse_known_args(given, argparse.Namespace(given={}, ignored=[]))
    if unknown:
        _refuse(parser, unknown, is_command=not name)
    values: dict[str, Any] = options.given
    log_level = values.get("log_level", getattr(module, "LOG_LEVEL", "WARNING"))
    return Request(module.execute, options, _settings(values), log_level, values.get("logs_to_stdout", False))


def fields_given(kind: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the given values that are fields of a dataclass."""
    return {entry.name: given[entry.name] for entry in fields(kind) if entry.name in given}


def _settings(given: Mapping[str, Any]) -> Settings:
    settings = Settings(**fields_given(Settings, given))
    files: list[Path] = list(given.get("model_path_files", ()))
    automatic = settings.base_directory / AUTOMATIC_FILE
    if automatic.is_file():
        files.insert(0, automatic)
    if not files:
        return settings
    paths = read_model_paths(files)
    return replace(
        settings,
        first_model_directories=paths.first,
        extra_model_directories=paths.more,
        pack_directories=paths.packs,
    )


# -- parsers ---------------------------------------------------------------------------------------------------------


def _make_parser(name: str, module: ModuleType) -> argparse.ArgumentParser:
    flags: Mapping[str, Iterable[Flag]] = getattr(module, "FLAGS", {})
    parser = argparse.ArgumentParser(
        prog=f"main.py {name}".rstrip(),
        description=f"{module.SUMMARY[0].upper()}{module.SUMMARY[1:]}.",
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    # The flags of the tables in front of every message would hide it.
    parser.usage = f"{parser.format_usage().partition(' ')[2].strip()} [FLAGS]"
    for title, rows in {**flags, "where and on what": ENGINE}.items():
        _add_flags(parser, title, rows)
    return parser


def _add_flags(parser: argparse.ArgumentParser, title: str, flags: Iterable[Flag]) -> None:
    """Add rows of the table under a title, rivals in groups of their own."""
    group = parser.add_argument_group(title)
    rivals: dict[str, Any] = {}
    for flag in flags:
        place = group
        if flag.rivals:
            place = rivals.setdefault(flag.rivals, None) or group.add_mutually_exclusive_group()
            rivals[flag.rivals] = place
        place.add_argument(
            flag.name,
            action=_Take,
            flag=flag,
            dest=argparse.SUPPRESS,
            default=argparse.SUPPRESS,
            nargs=_count_of_texts(flag),
            const=flag.bare,
            type=flag.read or str,
            choices=flag.choices,
            metavar=None if flag.choices else flag.metavar,
            help=flag.help or argparse.SUPPRESS,
        )


def _count_of_texts(flag: Flag) -> int | str | None:
    if flag.takes_anything:
        return "*"
    if flag.read is None:
        return 0
    return "+" if flag.is_repeatable else "?" if flag.bare is not None else None


class _Take(argparse.Action):
    """Puts what a row of the table gives into `given`, or the flag's name into `ignored`."""

    def __init__(self, *, flag: Flag, **options: Any) -> None:
        super().__init__(**options)
        self._flag = flag

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        _: object = None,
    ) -> None:
        flag, given = self._flag, cast("dict[str, Any]", namespace.given)
        if flag.refusal:
            parser.error(f"{flag.name}: {flag.refusal}")
        given.update(flag.gives)
        if flag.note:
            namespace.ignored.append(flag)
        elif flag.is_repeatable:
            given[flag.setting] = (*given.get(flag.setting, ()), *cast("list[Any]", values))
        elif flag.setting:
            given[flag.setting] = values


def _refuse(parser: argparse.ArgumentParser, unknown: Sequence[str], *, is_command: bool) -> NoReturn:
    """Say what is not known, and what comes nearest."""
    word = next((word for word in unknown if word.startswith("-")), unknown[0]).partition("=")[0]
    known: Iterable[str] = parser._option_string_actions if word.startswith("-") else COMMANDS
    what = "flag" if word.startswith("-") else "command" if is_command else "argument"
    if what == "argument":
        parser.error(f"there is nothing to do with {word!r}")
    if word in COMMANDS:
        parser.error(f"{word!r} is a command and goes first: main.py {word} ...")
    nearest = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    parser.error(f"there is no {what} {word!r}{f'; the nearest is {nearest[0]}' if nearest else ''}")


def _show_overview() -> NoReturn:
    """What `main.py --help` says: the commands, and the flags of the server."""
    module = import_module(f"engine.commands.{SERVE}")
    parser = _make_parser("", module)
    parser.usage = "main.py [FLAGS]\n       main.py COMMAND --help"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    summaries = (f"  {name:12}{import_module(f'engine.commands.{name}').SUMMARY}" for name in COMMANDS)
    parser.description = "\n".join(
        (
            "Skein: a workflow engine for Stable Diffusion. Without a command, it serves.",
            "",
            "commands:",
            *summaries,
            "",
            "The flags of serve:",
        )
    )
    parser.epilog = textwrap.fill(parser.epilog or "", 78, break_on_hyphens=False)
    parser.print_help()
    sys.exit(0)
