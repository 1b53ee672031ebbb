"""Our own nodes as packs know nodes: classes with `INPUT_TYPES` and a method, by type name.

Packs call them (`nodes.VAEEncode().encode(vae, image)`), inherit from them, and look them up in `NODE_CLASS_MAPPINGS`.
A method takes the inputs by name or in their order, and returns the tuple that such a method returns.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, cast

from engine.compat.host import current_host, current_run
from engine.compat.not_offered import absent_class
from engine.errors import PackError
from engine.graph.core_types import core_records
from engine.graph.object_info import choices_of, describe_input
from engine.graph.schema import NodeDef, NodeResult

_METHODS = {
    "CLIPTextEncode": "encode",
    "CLIPSetLastLayer": "set_last_layer",
    "CheckpointLoaderSimple": "load_checkpoint",
    "ConditioningAverage": "addWeighted",
    "ConditioningCombine": "combine",
    "ConditioningConcat": "concat",
    "ConditioningSetMask": "append",
    "ConditioningZeroOut": "zero_out",
    "ControlNetLoader": "load_controlnet",
    "EmptyImage": "generate",
    "EmptyLatentImage": "generate",
    "ImageBatch": "batch",
    "ImageInvert": "invert",
    "ImagePadForOutpaint": "expand_image",
    "ImageScale": "upscale",
    "ImageScaleBy": "upscale",
    "ImageUpscaleWithModel": "upscale",
    "InpaintModelConditioning": "encode",
    "KSampler": "sample",
    "KSamplerAdvanced": "sample",
    "LatentComposite": "composite",
    "LatentUpscale": "upscale",
    "LatentUpscaleBy": "upscale",
    "LoadImage": "load_image",
    "LoadImageMask": "load_image",
    "LoraLoader": "load_lora",
    "LoraLoaderModelOnly": "load_lora_model_only",
    "PreviewImage": "save_images",
    "RepeatLatentBatch": "repeat",
    "SaveImage": "save_images",
    "SetLatentNoiseMask": "set_mask",
    "UNETLoader": "load_unet",
    "UpscaleModelLoader": "load_model",
    "VAEDecode": "decode",
    "VAEDecodeTiled": "decode",
    "VAEEncode": "encode",
    "VAEEncodeForInpaint": "encode",
    "VAEEncodeTiled": "encode",
    "VAELoader": "load_vae",
}
"""What the method of a type is called where packs call it."""


_FIRST = {
    "CLIPTextEncode": ("clip", "text"),
    "ImageUpscaleWithModel": ("upscale_model", "image"),
    "VAEDecode": ("vae", "samples"),
    "VAEDecodeTiled": ("vae", "samples"),
    "VAEEncode": ("vae", "pixels"),
    "VAEEncodeForInpaint": ("vae", "pixels"),
    "VAEEncodeTiled": ("vae", "pixels"),
}
"""What a method takes first where that is not the order on the canvas."""


class ClassMappings(MutableMapping[str, type[Any]]):
    """`NODE_CLASS_MAPPINGS`: every node type as a class, those of packs as they are.

    What a pack puts in is there for packs; a type that is new becomes a node when the loader has read the pack.
    """

    def __getitem__(self, type_name: str) -> type[Any]:
        host = current_host()
        if type_name not in host.classes:
            definition = host.registry.get(type_name)
            if definition is None:
                raise KeyError(type_name)
            host.classes[type_name] = make_class(definition)
        return host.classes[type_name]

    def __setitem__(self, type_name: str, cls: type[Any]) -> None:
        host = current_host()
        host.classes[type_name] = host.put_classes[type_name] = cls

    def __delitem__(self, type_name: str) -> None:
        host = current_host()
        if type_name not in host.classes and type_name not in host.registry:
            raise KeyError(type_name)
        host.classes.pop(type_name, None)
        host.put_classes.pop(type_name, None)

    def __iter__(self) -> Iterator[str]:
        host = current_host()
        return iter({**dict.fromkeys(definition.type for definition in host.registry), **host.classes})

    def __len__(self) -> int:
        return sum(1 for _ in self)


MAPPINGS = ClassMappings()
"""The one that packs import."""


def class_of(name: str, module: str) -> type[Any]:
    """The class of one of our nodes, as packs import it from a module.

    Args:
        name: Of the class, which is that of the type.
        module: For messages.

    Raises:
        AttributeError: if nobody knows such a type; one that is known but not built in is a class that says so.
    """
    if name.startswith("_"):
        raise AttributeError(name)
    if name in MAPPINGS:
        return MAPPINGS[name]
    if name in core_records() or name in _METHODS or (module.startswith("comfy_extras") and name[:1].isupper()):
        return absent_class(f"{module}.{name}")
    raise AttributeError(f"module {module!r} has no attribute {name!r}: there is no such node type")


def titles() -> dict[str, str]:
    """`NODE_DISPLAY_NAME_MAPPINGS`: the title of every node type; packs may change it."""
    host = current_host()
    for definition in host.registry:
        host.titles.setdefault(definition.type, definition.display_name)
    return host.titles


def make_class(definition: NodeDef) -> type[Any]:
    """The class of one of our nodes."""
    method = _METHODS.get(definition.type, "execute")

    def input_types(cls: type[Any]) -> dict[str, Any]:
        del cls
        given: dict[str, dict[str, Any]] = {"required": {}, "optional": {}}
        for declared in definition.inputs:
            given[declared.kind][declared.name] = tuple(describe_input(declared, choices_of(declared, _choices_in)))
        return given

    def call(self: Any, *given: Any, **named: Any) -> Any:
        return _call(_meant(definition, self), given, named)

    members: dict[str, Any] = {
        "INPUT_TYPES": classmethod(input_types),
        "RETURN_TYPES": tuple(output.type for output in definition.outputs),
        "RETURN_NAMES": tuple(output.name for output in definition.outputs),
        "OUTPUT_IS_LIST": tuple(output.is_list for output in definition.outputs),
        "FUNCTION": method,
        "CATEGORY": definition.category,
        "DESCRIPTION": definition.description,
        "OUTPUT_NODE": definition.is_output,
        method: call,
    }
    return type(definition.type, (), members)


def _meant(definition: NodeDef, instance: Any) -> NodeDef:
    """The declaration as it is now. Packs make a preview of `SaveImage` by setting its `type`."""
    registry = current_host().registry
    if definition.type == "SaveImage" and getattr(instance, "type", "output") == "temp":
        definition = registry.get("PreviewImage") or definition
    return registry.get(definition.type) or definition


def _choices_in(folder: str) -> list[str]:
    from engine.files import list_choices

    return list_choices(current_host().settings, folder)


def _call(definition: NodeDef, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Call one of our nodes from within a pack's, with the context of the node that runs."""
    known = [declared.name for declared in definition.inputs]
    order = dict.fromkeys((*_FIRST.get(definition.type, ()), *known))
    inputs = {**dict(zip(order, given, strict=False)), **named}
    inputs = {name: value for name, value in inputs.items() if name in known}  # packs hand on hidden inputs, too
    if definition.context_name is not None:
        running = current_run()
        if running is None:
            raise PackError(f"{definition.type} can only be called while a node runs.")
        inputs[definition.context_name] = running.context
    result: Any = definition.call(**inputs)
    if not isinstance(result, NodeResult):
        return tuple(result) if len(definition.outputs) > 1 else (result,)
    given_back = cast("NodeResult[Any]", result)
    outputs = given_back.outputs
    values = () if outputs is None else tuple(outputs) if len(definition.outputs) > 1 else (outputs,)
    return {"ui": given_back.ui, "result": values} if given_back.ui is not None else values
