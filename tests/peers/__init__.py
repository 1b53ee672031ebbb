"""The independent programs that tests compare with, loaded one module at a time.

`import k_diffusion.sampling` would run the package's `__init__`, which pulls in training and evaluation code and
libraries that tests have no use for. `load_peer` runs the one file that is wanted, from the installed distribution.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
import warnings
from types import ModuleType
from unittest import mock


def load_peer(name: str) -> ModuleType:
    """Import `package.module` without running `package/__init__.py`.

    torchvision, which the peers import for parts unused here, is replaced by an empty module meanwhile.

    Raises:
        ModuleNotFoundError: if the distribution is not installed.
    """
    package_name = name.partition(".")[0]
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.machinery.PathFinder.find_spec(package_name)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"{package_name} is not installed; see requirements-dev.txt", name=package_name)
    package = ModuleType(package_name)
    package.__path__ = list(spec.submodule_search_locations)
    stand_ins: dict[str, ModuleType] = {package_name: package}
    stand_ins |= {empty: mock.MagicMock(name=empty) for empty in ("torchvision", "torchvision.transforms")}
    hidden = {key: sys.modules.pop(key) for key in stand_ins if key in sys.modules}
    sys.modules.update(stand_ins)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    finally:
        for key in stand_ins:
            del sys.modules[key]
        sys.modules.update(hidden)
