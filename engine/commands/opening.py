"""Opens an engine for a command: with the node packs that may be loaded, and what went wrong with them said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from engine.settings import Settings

if TYPE_CHECKING:
    from engine.runtime import Engine


def open_engine(settings: Settings) -> Engine:
    """An engine that knows the nodes of packs, too. Packs that could not be loaded are named on the error stream."""
    from engine import Engine

    engine = Engine(settings)
    for report in engine.load_packs():
        if report.error or report.notes or report.standing in ("new", "crashed"):
            print(report, file=sys.stderr)
    return engine
