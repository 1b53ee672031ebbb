"""The composition root: the command line to `Settings` to a command. Logging is configured here and only here."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from engine.commands import BAD_REQUEST
from engine.commands.arguments import read_arguments
from engine.errors import EngineError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 the run failed, 2 the request or the file was wrong."""
    try:
        request = read_arguments(arguments)
        stream = sys.stdout if request.logs_to_stdout else sys.stderr
        logging.basicConfig(level=request.log_level, format="%(levelname)s %(name)s: %(message)s", stream=stream)
        status = request.execute(request.options, request.settings)
        sys.stdout.flush()
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_REQUEST
    except BrokenPipeError:
        # Whoever read our output has gone; keep Python from complaining about it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_REQUEST
    return status


if __name__ == "__main__":
    sys.exit(main())
