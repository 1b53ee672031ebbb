"""Names that packs import and that this engine has no use for yet: they exist, and say so when they are used.

A pack that imports `comfy.controlnet` for one of its twenty nodes works but for that node. Nothing here does nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NoReturn

from engine.errors import PackError

log = logging.getLogger(__name__)


class NotOfferedError(PackError, AttributeError):
    """A pack uses something of ComfyUI that this engine does not have. `hasattr` and `getattr` take it for absence."""


def refuse(what: str) -> NoReturn:
    """Say that something is not there.

    Args:
        what: As packs know it, `comfy.lora.load_lora`.

    Raises:
        NotOfferedError: always.
    """
    raise NotOfferedError(f"{what} is not offered by this engine yet.")


def refusing(what: str) -> Callable[..., NoReturn]:
    """A function that says when it is called that it is not there."""

    def refuse_call(*_: Any, **__: Any) -> NoReturn:
        refuse(what)

    refuse_call.__name__ = what.rpartition(".")[2]
    return refuse_call


class _Absent(type):
    """Makes classes that may be inherited from and asked about, whose other attributes are not there."""

    what: str

    def __setattr__(cls, name: str, value: Any) -> None:
        if not name.startswith("__") and "what" in vars(cls):
            log.warning("A pack puts its own %s into %s, which has no effect here.", name, cls.what)
        super().__setattr__(name, value)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        refuse(f"{cls.what}.{name}")


def absent_class(what: str) -> type[Any]:
    """A class that can be imported, inherited from and used with `isinstance`, and not be made."""

    def refuse_new(*_: Any, **__: Any) -> NoReturn:
        refuse(what)

    return _Absent(what.rpartition(".")[2], (), {"__new__": refuse_new, "what": what, "__module__": __name__})


def absent_names(module: str, *names: str) -> dict[str, Any]:
    """Classes and functions of a module that can be imported and not be used. Classes begin with a capital."""
    return {
        name: absent_class(f"{module}.{name}") if name[:1].isupper() else refusing(f"{module}.{name}") for name in names
    }
