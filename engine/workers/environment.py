"""The environment of worker processes: how threads that compute behave beside other processes. No torch.

Threads of OpenMP wait for one another busily by default, which is fast on an idle machine and a disaster beside any
other process: as soon as one thread is not on a processor, the others burn theirs waiting for it. Measured on two
cores with one other busy process (small model, 20 steps): more than 24 s a picture, 1.3 to 4.8 s when they wait
passively, 3.7 to 5.6 s with a single thread.
"""

from __future__ import annotations

import os
from collections.abc import Mapping


def make_environment(
    given: Mapping[str, str] | None = None, *, workers_on_processor: int = 1, cores: int | None = None
) -> dict[str, str]:
    """What to add to the environment of a worker; nothing that the user has set is changed.

    Args:
        given: What it has already; ours if not given.
        workers_on_processor: How many workers compute on the processor, and so share its cores.
        cores: How many there are; counted if not given.
    """
    given = os.environ if given is None else given
    wanted = {
        "OMP_WAIT_POLICY": "passive",
        "PYTHONUNBUFFERED": "1",  # what a worker printed before it crashed is not lost
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }
    if workers_on_processor > 1:
        wanted["OMP_NUM_THREADS"] = str(max(1, (cores or os.cpu_count() or 1) // workers_on_processor))
    return {name: value for name, value in wanted.items() if name not in given}
