"""`serve`, and what is meant when no command is named: the server, with its page, queue and workers."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from engine.commands import DONE
from engine.commands.arguments import fields_given
from engine.commands.flags import REFUSED, SERVER, WITHOUT_EFFECT, Flag, read_token
from engine.errors import EngineError, FileError
from engine.settings import ServerSettings, Settings

SUMMARY = "serve the page and the API; what is done when no command is named"
LOG_LEVEL = "INFO"
FLAGS = {"the server": SERVER, "without effect": WITHOUT_EFFECT, "refused": REFUSED}
TOKEN_VARIABLE = "SKEIN_TOKEN"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments: there are only flags, see `FLAGS`."""
    names = ", ".join(flag.name for flag in WITHOUT_EFFECT)
    parser.epilog = f"Accepted for the sake of start scripts, without effect: {names}."


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to stop.

    Raises:
        EngineError: if the server cannot be started as asked: a directory, a certificate, the port, another server on
            the same data.
    """
    given = options.given
    server = ServerSettings(**fields_given(ServerSettings, given), shows_internals=given.get("log_level") == "DEBUG")
    if server.token is None and server.requires_token and (token := os.environ.get(TOKEN_VARIABLE)):
        server = replace(server, token=_check_token(token))
    _tell_ignored(options.ignored)
    if given.get("lists_features"):
        return _print_features(server)
    _check_directories(settings)
    _check_files(server)

    from engine.server.app import run_server
    from engine.server.gate import is_open_to_others

    # What appeared in the packs' directory while others can connect is looked at by the user first.
    return run_server(replace(settings, trusts_new_packs=not is_open_to_others(server)), server)


def _print_features(server: ServerSettings) -> int:
    from engine.server.protocol import features

    print(json.dumps(features(server), indent=2))
    return DONE


def _check_token(token: str) -> str:
    try:
        return read_token(token)
    except argparse.ArgumentTypeError as error:
        raise EngineError(f"The variable {TOKEN_VARIABLE} is no token: {error}.") from error


def _tell_ignored(flags: Iterable[Flag]) -> None:
    """Say which flags have no effect, and why; once for each reason."""
    by_note: dict[str, dict[str, None]] = {}
    for flag in flags:
        by_note.setdefault(flag.note, {})[flag.name] = None
    for note, names in by_note.items():
        print(f"{', '.join(names)}: {note}", file=sys.stderr)


def _check_directories(settings: Settings) -> None:
    if not settings.base_directory.is_dir():
        raise FileError(f"--base-directory {str(settings.base_directory)!r} is not a directory.")
    if settings.models_directory is not None and not settings.models_directory.is_dir():
        raise FileError(f"--models-directory {str(settings.models_directory)!r} is not a directory.")
    for name in ("input", "output", "temp", "user"):
        path = settings.directory(name)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = "it is not a directory" if isinstance(error, FileExistsError) else error.strerror
            raise FileError(f"Cannot use --{name}-directory {str(path)!r}: {reason}.") from error
        # What is only read may be read-only: people mount their pictures so.
        if name != "input" and not os.access(path, os.W_OK | os.X_OK):
            raise FileError(f"Cannot use --{name}-directory {str(path)!r}: it is read-only for this user.")


def _check_files(server: ServerSettings) -> None:
    key, certificate = server.tls_key_file, server.tls_certificate_file
    if (key is None) != (certificate is None):
        raise FileError("HTTPS needs both --tls-keyfile and --tls-certfile.")
    for flag, path in (("--tls-keyfile", key), ("--tls-certfile", certificate)):
        if path is not None and not path.is_file():
            raise FileError(f"{flag} {str(path)!r} is not a file.")
    root: Path | None = server.front_end_root
    if root is not None and not root.is_dir():
        raise FileError(f"--front-end-root {str(root)!r} is not a directory.")
