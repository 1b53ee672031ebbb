"""Stores to test: what they promise is the same on disk and in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.jobs.store import Store
from tests.engine.jobs.samples import Opener


@pytest.fixture(params=["on disk", "in memory"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the same store each time; what is in memory begins anew."""
    return lambda: Store.open(tmp_path / "user" if request.param == "on disk" else None)
