"""Runs the nodes of a pack on sample inputs, each in a workflow of its own, and says what came of it.

Samples come from our own nodes: a small picture, a mask, a latent, the small model that ships. A node that wants a
socket of another type is left out, and so is what a sample cannot tell: whether the results are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.graph.schema import MISSING, Input, NodeDef
from engine.graph.sockets import types_fit
from engine.graph.values import default_of

if TYPE_CHECKING:
    from engine.runtime import Engine

_MODEL = "postcards.safetensors"
_SOURCES: Mapping[str, tuple[str, int, Mapping[str, Any]]] = {
    "IMAGE": ("EmptyImage", 0, {"width": 64, "height": 64, "batch_size": 1, "color": 0x4060C0}),
    "MASK": ("SolidMask", 0, {"value": 1.0, "width": 64, "height": 64}),
    "LATENT": ("EmptyLatentImage", 0, {"width": 128, "height": 128, "batch_size": 1}),
    "MODEL": ("CheckpointLoaderSimple", 0, {"ckpt_name": _MODEL}),
    "CLIP": ("CheckpointLoaderSimple", 1, {"ckpt_name": _MODEL}),
    "VAE": ("CheckpointLoaderSimple", 2, {"ckpt_name": _MODEL}),
    "CONDITIONING": ("CLIPTextEncode", 0, {"text": "a red circle", "clip": ["CLIP", 1]}),
    "SIGMAS": ("BasicScheduler", 0, {"scheduler": "normal", "steps": 4, "denoise": 1.0, "model": ["MODEL", 0]}),
    "SAMPLER": ("KSamplerSelect", 0, {"sampler_name": "euler"}),
    "NOISE": ("RandomNoise", 0, {"noise_seed": 1}),
    "INT": ("PrimitiveInt", 0, {"value": 4}),
    "FLOAT": ("PrimitiveFloat", 0, {"value": 0.5}),
    "STRING": ("PrimitiveString", 0, {"value": "sample"}),
    "BOOLEAN": ("PrimitiveBoolean", 0, {"value": True}),
}
"""For each socket type, the node that gives a sample, which of its outputs, and its inputs; links name socket types."""

_PLAIN: Mapping[str, Any] = {"INT": 1, "FLOAT": 1.0, "STRING": "sample", "BOOLEAN": False}


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one node type.

    Attributes:
        node_type: Which.
        outcome: `ran`, `failed` or `left out`.
        detail: What it gave, why it failed, or what was missing.
        seconds: How long it took.
    """

    node_type: str
    outcome: str
    detail: str
    seconds: float = 0.0


def try_nodes(engine: Engine, node_types: tuple[str, ...]) -> Iterator[Trial]:
    """Try each type in turn.

    Args:
        engine: With the pack loaded.
        node_types: Names of the types.
    """
    for node_type in node_types:
        yield _try(engine, engine.registry[node_type])


def _try(engine: Engine, definition: NodeDef) -> Trial:
    prompt: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    for declared in definition.inputs:
        value = _sample(engine, declared, prompt)
        if value is not MISSING:
            inputs[declared.name] = value
        elif declared.kind == "required":
            return Trial(
                definition.type, "left out", f"there is no sample for {declared.name!r} of type {declared.type}"
            )
    prompt["tried"] = {"class_type": definition.type, "inputs": inputs}
    try:
        result = engine.run(engine.load(prompt), targets=["tried"])
    except EngineError as error:
        return Trial(definition.type, "failed", str(error))
    given = result.outputs.get("tried", ())
    shown = [_describe(value) for value in given]
    ui = result.ui.get("tried")
    if ui:
        shown.append(f"shows {', '.join(ui)}")
    return Trial(definition.type, "ran", "; ".join(shown) or "no outputs", result.seconds)


def _sample(engine: Engine, declared: Input, prompt: dict[str, Any]) -> Any:
    """A value or a link for an input; what gives it is added to the prompt. MISSING if there is none."""
    if declared.is_widget:
        value = default_of(declared)
        if value is MISSING and declared.type == "COMBO":
            choices = engine.choices_of(declared)
            return choices[0] if choices else MISSING
        return _PLAIN.get(declared.type, MISSING) if value is MISSING else value
    for socket_type in _SOURCES:
        if types_fit(socket_type, declared.type):
            return _add_source(socket_type, prompt)
    return MISSING


def _add_source(socket_type: str, prompt: dict[str, Any]) -> list[Any]:
    """The link to a sample of this type; the nodes that make it are added to the prompt."""
    waiting = [socket_type]
    while waiting:
        node_type, _, inputs = _SOURCES[waiting.pop()]
        if node_type in prompt:
            continue
        linked = {name: value for name, value in inputs.items() if isinstance(value, list)}
        waiting += [kind for kind, _ in linked.values()]
        links = {name: [_SOURCES[kind][0], output] for name, (kind, output) in linked.items()}
        prompt[node_type] = {"class_type": node_type, "inputs": {**inputs, **links}}
    return [_SOURCES[socket_type][0], _SOURCES[socket_type][1]]


def _describe(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return f"{type(value).__name__} {list(shape)}" if shape is not None else type(value).__name__
