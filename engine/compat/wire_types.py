"""Names of socket types as packs write them (`IO.IMAGE`), and base classes of nodes for the sake of type checkers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import Any, ClassVar, TypedDict


class IO(StrEnum):
    """Types of inputs and outputs. `ANY` says that it differs from nothing, as packs' own wildcards do."""

    STRING = "STRING"
    IMAGE = "IMAGE"
    MASK = "MASK"
    LATENT = "LATENT"
    BOOLEAN = "BOOLEAN"
    INT = "INT"
    FLOAT = "FLOAT"
    COMBO = "COMBO"
    CONDITIONING = "CONDITIONING"
    SAMPLER = "SAMPLER"
    SIGMAS = "SIGMAS"
    GUIDER = "GUIDER"
    NOISE = "NOISE"
    CLIP = "CLIP"
    CONTROL_NET = "CONTROL_NET"
    VAE = "VAE"
    MODEL = "MODEL"
    LORA_MODEL = "LORA_MODEL"
    LOSS_MAP = "LOSS_MAP"
    CLIP_VISION = "CLIP_VISION"
    CLIP_VISION_OUTPUT = "CLIP_VISION_OUTPUT"
    STYLE_MODEL = "STYLE_MODEL"
    GLIGEN = "GLIGEN"
    UPSCALE_MODEL = "UPSCALE_MODEL"
    AUDIO = "AUDIO"
    WEBCAM = "WEBCAM"
    POINT = "POINT"
    FACE_ANALYSIS = "FACE_ANALYSIS"
    BBOX = "BBOX"
    SEGS = "SEGS"
    VIDEO = "VIDEO"
    ANY = "*"
    NUMBER = "FLOAT,INT"
    PRIMITIVE = "STRING,FLOAT,INT,BOOLEAN"

    def __ne__(self, other: object) -> bool:
        if str.__eq__(self, "*") or other == "*":
            return False
        if not isinstance(other, str):
            return True
        return set(str.__str__(self).split(",")).isdisjoint(str.__str__(other).split(","))

    __eq__ = str.__eq__
    __hash__ = str.__hash__


class InputTypeOptions(TypedDict, total=False):
    """Options of an input; any others go to the canvas."""

    default: Any
    defaultInput: bool
    forceInput: bool
    lazy: bool
    rawLink: bool
    tooltip: str
    socketless: bool
    widgetType: str
    min: float
    max: float
    step: float
    round: float
    multiline: bool
    placeholder: str
    dynamicPrompts: bool
    options: list[Any]
    control_after_generate: bool


class HiddenInputTypeDict(TypedDict, total=False):
    """Hidden inputs."""

    node_id: Any
    unique_id: Any
    prompt: Any
    extra_pnginfo: Any
    dynprompt: Any


class InputTypeDict(TypedDict, total=False):
    """What INPUT_TYPES returns."""

    required: dict[str, Any]
    optional: dict[str, Any]
    hidden: Any


class ComfyNodeABC(ABC):
    """A class with INPUT_TYPES."""

    DESCRIPTION: ClassVar[str] = ""
    CATEGORY: ClassVar[str] = ""
    EXPERIMENTAL: ClassVar[bool] = False
    DEPRECATED: ClassVar[bool] = False
    API_NODE: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def INPUT_TYPES(cls) -> Any:  # noqa: N802  (the packs' name)
        """What goes in."""
        return {"required": {}}


class CheckLazyMixin:
    """Wants every lazy input that has no value yet."""

    def check_lazy_status(self, **inputs: Any) -> list[str]:
        """The names of those inputs."""
        return [name for name, value in inputs.items() if value is None]


class FileLocator(TypedDict):
    """A file as the canvas names it."""

    filename: str
    subfolder: str
    type: str
