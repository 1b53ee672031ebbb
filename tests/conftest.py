"""What holds for all tests: how long examples may take, how many processes run them, and that each has its own name."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import settings

# Property tests are judged by what they find, not by how long an example takes on a busy machine.
settings.register_profile("untimed", deadline=None, max_examples=50)
settings.load_profile("untimed")

_MOST_PROCESSES = 4
"""Each takes up to 2 GB."""

if "PYTEST_XDIST_WORKER" in os.environ:
    # Threads of torch wait for one another by spinning: those of several processes on the same cores do little else.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process for each core where all tests run; none of their own for tests that are named."""
    is_all = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(os.cpu_count() or 1, _MOST_PROCESSES) if is_all else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of tests that share a name, processes would run only one."""
    repeated = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if repeated:
        raise pytest.UsageError(f"These are the names of several tests: {', '.join(repeated[:10])}")
