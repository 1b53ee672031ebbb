"""An engine with tiny nodes, and which of them were called."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.runtime import Engine
from engine.settings import Settings
from tests.engine.execution import tiny


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Settings(base_directory=tmp_path, device="cpu"), registry=tiny.REGISTRY)


@pytest.fixture(autouse=True)
def calls() -> list[str]:
    """The tags of the nodes that were called, in order."""
    tiny.CALLS.clear()
    return tiny.CALLS
