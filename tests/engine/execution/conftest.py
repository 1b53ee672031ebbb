"""Property tests here are judged by what they find, not by how long an example takes on a busy machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from engine.runtime import Engine
from engine.settings import Settings
from tests.engine.execution import tiny

settings.register_profile("untimed", deadline=None, max_examples=50)
settings.load_profile("untimed")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Settings(base_directory=tmp_path, device="cpu"), registry=tiny.REGISTRY)


@pytest.fixture(autouse=True)
def calls() -> list[str]:
    """The tags of the nodes that were called, in order."""
    tiny.CALLS.clear()
    return tiny.CALLS
