"""`comfy.comfy_types`: names of types, and classes for checkers."""

from typing import Any, Protocol, TypedDict

from engine.compat.not_offered import absent_names
from engine.compat.shims.comfy.comfy_types.node_typing import *  # noqa: F403

__all__ = ["UnetApplyConds", "UnetApplyFunction", "UnetParams"]


class UnetApplyFunction(Protocol):
    """A function that computes a network."""

    def __call__(self, x: Any, t: Any, **kwargs: Any) -> Any:
        """The estimate."""


class UnetApplyConds(TypedDict, total=False):
    """What a network is told beside the latent."""

    c_concat: Any
    c_crossattn: Any
    control: Any
    transformer_options: Any


class UnetParams(TypedDict, total=False):
    """What a wrapper of a network is given."""

    input: Any
    timestep: Any
    c: Any
    cond_or_uncond: list[int]


UnetWrapperFunction = Any
globals().update(absent_names("comfy.comfy_types", "ComfyNode"))
