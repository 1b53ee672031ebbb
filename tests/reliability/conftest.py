"""One server for the tests that leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.server.real import RealServer
from tests.reliability.driving import add_pack

MEMORY_LIMIT_GB = "1.5"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    base = tmp_path_factory.mktemp("base")
    add_pack(base)
    with RealServer(base, "--interrupt-grace", "1", "--worker-memory-limit", MEMORY_LIMIT_GB) as running:
        yield running
