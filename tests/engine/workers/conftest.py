"""One worker for all tests that only need some worker: to start one takes seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.workers.stage import Stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("stage"))
    yield stage
    stage.close()
