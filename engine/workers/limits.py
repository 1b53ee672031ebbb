"""What a worker asks the system to do to it: refuse memory beyond a limit, end it when the server has gone.

Both work while Python does not: inside of compiled code that never returns, or that takes everything at once.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys

log = logging.getLogger(__name__)


def limit_memory(limit_bytes: int) -> bool:
    """Have the system refuse memory beyond this, so that a node gets a `MemoryError` and nobody is killed.

    Counts what the process could write to (RLIMIT_DATA): not files that are mapped to be read, as models are. Only for
    workers that compute on the processor: drivers of accelerators reserve far more than they use.

    Returns:
        Whether the system does.
    """
    if sys.platform != "linux":  # elsewhere the limit is not kept, or counts something else
        return False
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = limit_bytes if hard == resource.RLIM_INFINITY else min(limit_bytes, hard)
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    except (OSError, ValueError) as error:
        log.warning("The system does not take a limit of %d bytes: %s", limit_bytes, error)
        return False
    return True


def end_with(descriptor: int) -> None:
    """Have the system end this process, and its group if it leads one, when the other end of a pipe is closed.

    The kernel says so by a signal (SIGIO) that by default ends a process: it needs no thread of ours to run. The
    descriptor stays open, and nothing may ever be written to the other end.
    """
    if sys.platform != "linux":
        return
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    leads = os.getpgrp() == os.getpid()
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, -os.getpid() if leads else os.getpid())
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)
    if is_closed(descriptor):  # before the signal was asked for
        os.kill(os.getpid(), signal.SIGIO)


def is_closed(descriptor: int) -> bool:
    """Whether nobody holds the other end of a pipe any more."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))
