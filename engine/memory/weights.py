"""Weights: the identity of one network's parameters, apart from where they are at the moment.

A `Weights` is a value that models hold and pass on; it knows how to load its module and how large it is, never
where it is. `engine.memory.pool` decides what is loaded, on which device, and what has to go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import torch
from torch import nn

M_co = TypeVar("M_co", bound=nn.Module, covariant=True)
Role = Literal["unet", "vae", "clip"]


@dataclass(frozen=True, eq=False)
class Weights(Generic[M_co]):
    """One network's parameters. Two are the same only if they are the same object.

    Attributes:
        name: For people: file and part (`sd15.safetensors unet`).
        role: What the network is for; decides the dtype that is chosen for it.
        load: Makes the module in a dtype, in host memory, in eval mode, without gradients.
        stored_dtype: The dtype of the parameters in the file.
        parameter_count: Number of parameters.
    """

    name: str
    role: Role
    load: Callable[[torch.dtype], M_co]
    stored_dtype: torch.dtype
    parameter_count: int

    def size_bytes(self, dtype: torch.dtype) -> int:
        """Memory that the parameters take in a dtype."""
        return self.parameter_count * dtype.itemsize
