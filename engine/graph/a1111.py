"""From a `parameters` text of A1111 to a workflow of core nodes: what made the picture, as far as the text says.

Checkpoint, LoRAs, clip skip, both texts, the empty latent, the sampler, a second pass where "hires fix" was on, the
picture. `a1111_text` takes the text apart, `a1111_settings` reads values and finds files, `a1111_names` knows names.
What is not understood, and what cannot be the same, is in the notes. The picture will be alike, not equal: A1111 draws
its noise elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.errors import WorkflowError
from engine.graph.a1111_names import LATENT_UPSCALERS, PIXEL_UPSCALERS
from engine.graph.a1111_settings import Files, Hashes, SettingsReader
from engine.graph.a1111_text import LONGEST_TEXT, Lora, split_parameters, take_loras, to_size
from engine.graph.json_values import show
from engine.graph.workflow import Link, Node, Workflow

_SIZE_STEP = 64
_SECOND_SIZE_STEP = 8
_MOST_SIDE = 16_384
_MOST_SEED = 2**64 - 1
_MOST_LORAS = 1_000
_OTHER_SYNTAX = re.compile(r"(?<!\\)\[|\bBREAK\b|\bAND\b")
_SECOND_PASS = ("hires upscale", "hires resize", "hires upscaler", "hires steps")
_NO_FILE = ("automatic", "none")


def read_parameters(text: str, files: Files | None = None, hashes: Hashes | None = None) -> Workflow:
    """The workflow that a `parameters` text describes.

    Args:
        text: As the picture has it.
        files: The model files of a kind; without it names stay as they are written.
        hashes: Gives (folder, name) of files by SHA-256, as far as known; asked only for models named by hash.

    Raises:
        WorkflowError: if it is too long to be such a text.
    """
    if len(text) > LONGEST_TEXT:
        raise WorkflowError(f"The text 'parameters' has {len(text)} characters; at most {LONGEST_TEXT}, a fixed limit.")
    draft = _Draft(SettingsReader(split_parameters(text), files or (lambda _: ()), hashes or dict))
    _draw(draft)
    return Workflow(nodes=draft.nodes, notes=tuple(draft.settings.notes))


@dataclass(slots=True)
class _Draft:
    """A workflow in the making: the settings it comes from, and the nodes so far."""

    settings: SettingsReader
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])

    def add(self, type_name: str, **inputs: Any) -> Link:
        """A node more; its first output."""
        node_id = str(len(self.nodes) + 1)
        self.nodes[node_id] = Node(node_id, type_name, {name: value for name, value in inputs.items() if value != ""})
        return Link(node_id, 0)


def _draw(draft: _Draft) -> None:
    settings = draft.settings
    positive, loras, unknown = take_loras(settings.parameters.positive)
    negative, unused, more = take_loras(settings.parameters.negative)
    for lora in unused:
        settings.note(f"the LoRA {show(lora.name)} stands in the negative text, where it does nothing", "dropped")
    for network in (*unknown, *more):
        settings.note(f"{show(network)} is not supported", "dropped")
    checkpoint = _add_checkpoint(draft)
    vae = _add_vae(draft, replace(checkpoint, output=2))
    model, clip = _add_loras(draft, checkpoint, replace(checkpoint, output=1), loras[:_MOST_LORAS])
    clip = _add_clip_skip(draft, clip)
    texts = [_add_text(draft, text, clip) for text in (positive, negative)]
    first, size = _add_first_pass(draft, model, texts)
    latent = _add_second_pass(draft, first, size, clip, vae)
    image = draft.add("VAEDecode", samples=latent, vae=vae)
    draft.add("SaveImage", images=image, filename_prefix="ComfyUI")
    settings.note_rest()


def _add_checkpoint(draft: _Draft) -> Link:
    settings = draft.settings
    name, digest = settings.take("model"), settings.take("model hash")
    found = settings.find_by_hash(digest, "checkpoints") or (settings.find_file(name, "checkpoints") if name else "")
    loader = draft.add("CheckpointLoaderSimple", ckpt_name=found)
    if not found:
        told = f"only the hash {show(digest)} of its model, and no file is known to have it" if digest else "no model"
        settings.note(f"the text names {told}; choose one", node_id=loader.node_id, input_name="ckpt_name")
    return loader


def _add_vae(draft: _Draft, own: Link) -> Link:
    name = draft.settings.take("vae")
    if name is None or name.lower() in _NO_FILE:
        return own
    return draft.add("VAELoader", vae_name=draft.settings.find_file(name, "vae"))


def _add_loras(draft: _Draft, model: Link, clip: Link, loras: Sequence[Lora]) -> tuple[Link, Link]:
    for lora in loras:
        model = draft.add(
            "LoraLoader",
            model=model,
            clip=clip,
            lora_name=draft.settings.find_file(lora.name, "loras"),
            strength_model=lora.model,
            strength_clip=lora.clip,
        )
        clip = replace(model, output=1)
    return model, clip


def _add_clip_skip(draft: _Draft, clip: Link) -> Link:
    skip = draft.settings.take_integer("clip skip", 1, 1, 24)
    return clip if skip == 1 else draft.add("CLIPSetLastLayer", clip=clip, stop_at_clip_layer=-skip)


def _add_text(draft: _Draft, text: str, clip: Link) -> Link:
    link = Link(str(len(draft.nodes) + 1), 0)
    draft.nodes[link.node_id] = Node(
        link.node_id, "CLIPTextEncode", {"text": draft.settings.with_embeddings(text), "clip": clip}
    )
    if _OTHER_SYNTAX.search(text):
        reason = "square brackets, BREAK and AND mean something to A1111 and are plain text here"
        draft.settings.note(reason, node_id=link.node_id, input_name="text")
    return link


def _add_first_pass(draft: _Draft, model: Link, texts: Sequence[Link]) -> tuple[Link, tuple[int, int]]:
    """The sampler from noise, and the size that it works at."""
    settings = draft.settings
    width, height = _first_size(settings)
    latent = draft.add("EmptyLatentImage", width=width, height=height, batch_size=1)
    for name, default in (("sampler", "euler"), ("seed", "0"), ("steps", "20"), ("cfg scale", "7")):
        if not settings.parameters.settings.get(name):
            settings.note(f"the text has no {name}; {default} was taken", "default")
    sampler, scheduler = settings.take_sampler("sampler", "schedule type", ("euler", "normal"))
    link = draft.add(
        "KSampler",
        model=model,
        seed=settings.take_integer("seed", 0, 0, _MOST_SEED),
        steps=settings.take_integer("steps", 20, 1, 10_000),
        cfg=settings.take_number("cfg scale", 7.0, 0.0, 100.0),
        sampler_name=sampler,
        scheduler=scheduler,
        positive=texts[0],
        negative=texts[1],
        latent_image=latent,
        denoise=1.0,
    )
    return link, (width, height)


def _first_size(settings: SettingsReader) -> tuple[int, int]:
    """Width and height of the first pass, as multiples of 64."""
    text = settings.take("first pass size")  # before hires fix had a factor, "Size" was the final size
    told = to_size(text or "")
    if told is None or 0 in told:
        text = settings.take("size")
        told = to_size(text or "")
    if told is None:
        settings.note(f"the text has no size ({show(text)}); 512 x 512 was taken", "default")
    width, height = told or (512, 512)
    size = _round_up(width, _SIZE_STEP), _round_up(height, _SIZE_STEP)
    if size != (width, height):
        settings.note(f"the size {width} x {height} became {size[0]} x {size[1]}: both are multiples of {_SIZE_STEP}")
    return size


def _round_up(side: float, step: int) -> int:
    return max(step, min(_MOST_SIDE, math.ceil(side / step) * step))


# -- the second pass -------------------------------------------------------------------------------------------------


def _add_second_pass(draft: _Draft, first: Link, size: tuple[int, int], clip: Link, vae: Link) -> Link:
    """What "hires fix" does: enlarge the latent, or the picture, and sample again. The latent to be decoded."""
    settings = draft.settings
    target = _second_size(settings, size)
    strength = settings.take_number("denoising strength", 0.7, 0.0, 1.0)
    if target is None:
        if settings.parameters.settings.get("denoising strength"):
            settings.note("the picture was made from another one, which the text does not hold; this starts from noise")
        return first
    larger = _enlarge(draft, first, target, vae)
    inputs = draft.nodes[first.node_id].inputs
    sampler, scheduler = settings.take_sampler(
        "hires sampler", "hires schedule type", (inputs["sampler_name"], inputs["scheduler"])
    )
    again = {
        **inputs,
        "steps": settings.take_integer("hires steps", 0, 0, 10_000) or inputs["steps"],
        "cfg": settings.take_number("hires cfg scale", inputs["cfg"], 0.0, 100.0),
        "sampler_name": sampler,
        "scheduler": scheduler,
        "latent_image": larger,
        "denoise": strength,
    }
    for key, name in (("positive", "hires prompt"), ("negative", "hires negative prompt")):
        if text := settings.take(name):
            again[key] = _add_text(draft, take_loras(text)[0], clip)
    return draft.add("KSampler", **again)


def _second_size(settings: SettingsReader, size: tuple[int, int]) -> tuple[int, int] | None:
    """Width and height of the second pass; None if there was none."""
    values = {name: settings.take(name) for name in (*_SECOND_PASS, "first pass size")}
    if not any(values.values()):
        return None
    wanted = to_size(values["hires resize"] or "")
    first = to_size(values["first pass size"] or "")
    if wanted is not None and any(wanted):
        sides = [float(side) for side in wanted]
        # One side may be 0: it follows from the other and the shape of the picture.
        sides = [side or sides[1 - index] * size[index] / size[1 - index] for index, side in enumerate(sides)]
    elif first is not None and not values["hires upscale"]:
        if 0 in first:
            return None
        sides = [float(side) for side in to_size(settings.take("size") or "") or size]
    else:
        factor = settings.take_number("hires upscale", 2.0, 0.1, 16.0)
        sides = [side * factor for side in size]
    return _round_up(sides[0], _SECOND_SIZE_STEP), _round_up(sides[1], _SECOND_SIZE_STEP)


def _enlarge(draft: _Draft, latent: Link, target: tuple[int, int], vae: Link) -> Link:
    """The latent at the size of the second pass."""
    name = draft.settings.take("hires upscaler") or "Latent"
    size = {"width": target[0], "height": target[1], "crop": "disabled"}
    if (method := LATENT_UPSCALERS.get(name.lower())) is not None:
        return draft.add("LatentUpscale", samples=latent, upscale_method=method, **size)
    image = draft.add("VAEDecode", samples=latent, vae=vae)
    method = PIXEL_UPSCALERS.get(name.lower())
    if method is None:
        upscaler = draft.add("UpscaleModelLoader", model_name=draft.settings.find_file(name, "upscale_models"))
        image = draft.add("ImageUpscaleWithModel", upscale_model=upscaler, image=image)
    image = draft.add("ImageScale", image=image, upscale_method=method or "lanczos", **size)
    return draft.add("VAEEncode", pixels=image, vae=vae)
