"""`torch.inference_mode()` for threads that may run nodes, without importing torch where nothing else has."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext


def inference_mode() -> AbstractContextManager[object]:
    """`torch.inference_mode()`, if anything has imported torch. It counts for the current thread only."""
    torch = sys.modules.get("torch")
    return torch.inference_mode() if torch is not None else nullcontext()
