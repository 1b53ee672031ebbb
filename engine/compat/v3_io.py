"""The words in which packs of the newer kind declare nodes: `io.Schema`, `io.Int.Input(...)`, `io.Image.Output()`.

Every socket type is a class with an `Input` and an `Output`; both only remember what they were given. What that means
is for `engine.compat.v3`. Facts: `comfy_api.latest` as packs use it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, ClassVar

_UNSAID = object()
_NAMES: Mapping[str, str] = {
    "control_after_generate": "control_after_generate",
    "display_mode": "display",
    "dynamic_prompts": "dynamicPrompts",
    "force_input": "forceInput",
    "image_folder": "image_folder",
    "raw_link": "rawLink",
    "widget_type": "widgetType",
}
"""Options that the canvas knows under another name."""


class Declared:
    """An input as it was declared.

    Args:
        io_type: Wire type.
        id: The input's name.
        display_name: Its label.
        optional: Whether it may be left open.
        tooltip: Its help.
        lazy: Whether it is computed on demand.
        extra_dict: Further options for the canvas.
        options: Everything else, by the names that packs use.
    """

    def __init__(
        self,
        io_type: str,
        id: str,
        display_name: str | None = None,
        optional: bool = False,
        tooltip: str | None = None,
        lazy: bool | None = None,
        extra_dict: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.io_type = io_type
        self.id = id
        self.optional = optional
        given = {**options, "display_name": display_name, "tooltip": tooltip, "lazy": lazy}
        self.options = {_NAMES.get(name, name): _plain(value) for name, value in given.items() if value is not None}
        self.options.update(extra_dict or {})


def _plain(value: Any) -> Any:
    """The value of a member of an Enum; anything else as it is."""
    return value.value if isinstance(value, Enum) else value


@dataclass(frozen=True, slots=True)
class DeclaredOutput:
    """An output as it was declared."""

    io_type: str
    id: str | None = None
    display_name: str | None = None
    tooltip: str | None = None
    is_output_list: bool = False


class ComfyType:
    """A socket type. Subclasses are made by `socket_type`."""

    io_type: ClassVar[str] = "*"
    Type: ClassVar[Any] = Any
    Input: ClassVar[Any]
    Output: ClassVar[Any]


def socket_type(io_type: str, positional: Sequence[str] = ()) -> type[ComfyType]:
    """A socket type of this name.

    Args:
        io_type: Wire type.
        positional: Names of what its `Input` takes by position after the id.
    """

    def declare(id: str, *given: Any, **options: Any) -> Declared:
        said: dict[str, Any] = {**dict(zip(positional, given, strict=False)), **options}
        return Declared(io_type, id, **said)

    def declare_output(
        id: str | None = None,
        display_name: str | None = None,
        tooltip: str | None = None,
        is_output_list: bool = False,
        **_: Any,
    ) -> DeclaredOutput:
        return DeclaredOutput(io_type, id, display_name, tooltip, is_output_list)

    members = {"io_type": io_type, "Input": staticmethod(declare), "Output": staticmethod(declare_output)}
    return type(io_type.title(), (ComfyType,), members)


_FIRST = ("display_name", "optional", "tooltip", "lazy")
_SOCKETS = {
    "Image": "IMAGE",
    "Mask": "MASK",
    "Latent": "LATENT",
    "Conditioning": "CONDITIONING",
    "Model": "MODEL",
    "Clip": "CLIP",
    "Vae": "VAE",
    "ControlNet": "CONTROL_NET",
    "ClipVision": "CLIP_VISION",
    "ClipVisionOutput": "CLIP_VISION_OUTPUT",
    "StyleModel": "STYLE_MODEL",
    "Gligen": "GLIGEN",
    "UpscaleModel": "UPSCALE_MODEL",
    "Sampler": "SAMPLER",
    "Sigmas": "SIGMAS",
    "Guider": "GUIDER",
    "Noise": "NOISE",
    "Audio": "AUDIO",
    "Video": "VIDEO",
    "Hooks": "HOOKS",
    "LoraModel": "LORA_MODEL",
    "AnyType": "*",
}
Int = socket_type("INT", (*_FIRST, "default", "min", "max", "step", "control_after_generate"))
Float = socket_type("FLOAT", (*_FIRST, "default", "min", "max", "step", "round"))
String = socket_type("STRING", ("display_name", "optional", "tooltip", "lazy", "multiline", "placeholder", "default"))
Boolean = socket_type("BOOLEAN", (*_FIRST, "default", "label_on", "label_off"))
Combo = socket_type("COMBO", ("options", *_FIRST, "default"))
SOCKETS: Mapping[str, type[ComfyType]] = {name: socket_type(io_type, _FIRST) for name, io_type in _SOCKETS.items()}
"""Further socket types by the names that packs use."""


def _several(id: str, options: Sequence[Any] = (), *given: Any, **others: Any) -> Declared:
    """A COMBO whose value is a list."""
    said: dict[str, Any] = {**dict(zip(_FIRST, given, strict=False)), **others}
    said |= {"options": list(options), "multiselect": True}
    return Declared("COMBO", id, **said)


def _any_of(id: Any, types: Sequence[type[ComfyType]] = (), *given: Any, **others: Any) -> Declared:
    """An input that any of the types fits; `id` may be an input of another type, whose widget it keeps."""
    names = [each.io_type for each in types]
    if isinstance(id, Declared):
        return Declared(",".join([id.io_type, *names]), id.id, optional=id.optional, extra_dict=id.options)
    said: dict[str, Any] = {**dict(zip(_FIRST, given, strict=False)), **others}
    return Declared(",".join(names) or "*", id, **said)


MultiCombo = type("MultiCombo", (ComfyType,), {"io_type": "COMBO", "Input": staticmethod(_several)})
"""A choice of several."""
MultiType = type("MultiType", (ComfyType,), {"Input": staticmethod(_any_of)})
"""A socket of several types."""


def Custom(io_type: str) -> type[ComfyType]:
    """A socket type of a pack's own."""
    return socket_type(io_type, _FIRST)


class NumberDisplay(StrEnum):
    """How a number is edited."""

    number = "number"
    slider = "slider"
    color = "color"
    gradient_slider = "gradientslider"


class UploadType(StrEnum):
    """What an upload button takes."""

    image = "image_upload"
    audio = "audio_upload"
    video = "video_upload"
    model = "file_upload"


class FolderType(StrEnum):
    """Where a file is."""

    input = "input"
    output = "output"
    temp = "temp"


class ControlAfterGenerate(StrEnum):
    """What happens to a seed after each run."""

    fixed = "fixed"
    increment = "increment"
    decrement = "decrement"
    randomize = "randomize"


class RemoteOptions(dict[str, Any]):
    """Choices that the browser fetches."""

    def __init__(self, route: str, refresh_button: bool = True, **options: Any) -> None:
        given = {"route": route, "refresh_button": refresh_button, **options}
        super().__init__({key: value for key, value in given.items() if value is not None})

    def as_dict(self) -> dict[str, Any]:
        """As options."""
        return dict(self)


class Hidden(StrEnum):
    """What a node may ask for besides its inputs."""

    prompt = "PROMPT"
    dynprompt = "DYNPROMPT"
    extra_pnginfo = "EXTRA_PNGINFO"
    unique_id = "UNIQUE_ID"
    auth_token_comfy_org = "AUTH_TOKEN_COMFY_ORG"
    api_key_comfy_org = "API_KEY_COMFY_ORG"


@dataclass(slots=True)
class Schema:
    """What a node is."""

    node_id: str
    display_name: str | None = None
    category: str = "sd"
    inputs: list[Declared] = field(default_factory=list[Declared])
    outputs: list[DeclaredOutput] = field(default_factory=list[DeclaredOutput])
    hidden: list[Hidden] = field(default_factory=list[Hidden])
    description: str = ""
    search_aliases: list[str] = field(default_factory=list[str])
    is_input_list: bool = False
    is_output_node: bool = False
    is_deprecated: bool = False
    is_experimental: bool = False
    is_dev_only: bool = False
    is_api_node: bool = False
    not_idempotent: bool = False
    enable_expand: bool = False
    accept_all_inputs: bool = False
    essentials_category: str | None = None
    price_badge: Any = None
    has_intermediate_output: bool = False


class NodeOutput:
    """What a node gives.

    Args:
        outputs: Its outputs, in order.
        ui: What is to be shown: a dict, or something with `as_dict`.
        expand: A graph in API format that takes its place.
        block_execution: A message; what depends on the node is not run.
    """

    def __init__(
        self, *outputs: Any, ui: Any = None, expand: Mapping[str, Any] | None = None, block_execution: str | None = None
    ) -> None:
        self.args = outputs
        self.ui = ui
        self.expand = expand
        self.block_execution = block_execution

    @property
    def result(self) -> tuple[Any, ...] | None:
        """The outputs; None if there are none."""
        return self.args or None


class ComfyNode:
    """A node: `define_schema` says what it is, `execute` does it. Never instantiated."""

    hidden: ClassVar[Any] = None
    execute: ClassVar[Callable[..., Any]]

    @classmethod
    def define_schema(cls) -> Schema:
        """What the node is."""
        raise TypeError(f"{cls.__name__} has no define_schema")

    @classmethod
    def GET_SCHEMA(cls) -> Schema:
        """The schema, as packs ask for it."""
        return cls.define_schema()


class ComfyExtension:
    """A pack: says which nodes it has."""

    async def on_load(self) -> None:
        """Called once, before the nodes are asked for."""

    async def get_node_list(self) -> list[type[ComfyNode]]:
        """The classes of its nodes."""
        return []
