"""A workshop for packs; what packs change in modules of the process is put back."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from engine.compat.pack_sampling import KSampler
from tests.engine.compat.workshop import Workshop

_SHIMS = "engine.compat.shims"


@pytest.fixture
def workshop(tmp_path: Path) -> Callable[..., Workshop]:
    return lambda *packs, **settings: Workshop(tmp_path, *packs, **settings)


@pytest.fixture(autouse=True)
def _put_back() -> Generator[None]:
    for name in ("comfy.model_management", "comfy.sample", "comfy.samplers", "execution"):
        importlib.import_module(f"{_SHIMS}.{name}")
    lists = (KSampler.SAMPLERS, KSampler.SCHEDULERS)
    kept = [list(names) for names in lists]
    modules: dict[str, dict[str, Any]] = {
        name: dict(vars(module)) for name, module in list(sys.modules.items()) if name.startswith(_SHIMS)
    }
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)
    for names, before in zip(lists, kept, strict=True):
        names[:] = before
    for name, before in modules.items():
        now = vars(sys.modules[name])
        for key in [key for key in now if key not in before and not hasattr(now[key], "__path__")]:
            if key.startswith("sample_"):
                del now[key]
        now.update({key: value for key, value in before.items() if not key.startswith("__")})
