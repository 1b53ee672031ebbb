"""The command line: one module a command, each with `SUMMARY`, `add_arguments` and `execute`.

A new command is a new module and its name in `COMMANDS`. Modules here import torch only inside `execute`, so that
`--help` answers at once. These are the only modules of the engine that print.
"""

from __future__ import annotations

COMMANDS = ("serve", "run", "reproduce", "check", "convert", "nodes", "models", "packs", "train", "evaluate")

DONE = 0
RUN_FAILED = 1
BAD_REQUEST = 2
INTERRUPTED = 130
