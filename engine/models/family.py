"""What a file of weights is, in a few words for lists: told from names and shapes of its tensors alone. No torch.

What can be loaded is told by `engine.models.detect`; here stands what people call a file, also one that cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.models.detect import LAYOUTS, STRANGERS, Shapes, find_prefix

_OTHERS: tuple[tuple[str, str], ...] = (
    *((each.part, each.family) for each in STRANGERS if each.family),
    ("control_model.", "ControlNet"),
    ("controlnet_cond_embedding.", "ControlNet"),
    ("body.0.rdb", "upscaler"),
    ("model.0.weight", "upscaler"),
    ("vision_model.", "CLIP vision"),
    ("string_to_param", "embedding"),
    ("emb_params", "embedding"),
)
"""How the keys of other files begin, or what is in them."""
_BY_CONTEXT: Mapping[int, str] = {
    768: "Stable Diffusion 1",
    1024: "Stable Diffusion 2",
    1280: "Stable Diffusion XL refiner",
    2048: "Stable Diffusion XL",
}
"""Models by how many features their text has: attention to it shows that."""
_INPAINTING_CHANNELS = 9
_ATTENTION = "attn2.to_k.weight"
_LORA_MARKS = ("lora_", ".lora", "hada_w", "lokr_w")
_LORA_ATTENTION = ("attn2_to_k.lora_down.weight", "attn2.to_k.lora_A.weight", "attn2.to_k.lora.down.weight")


def name_family(shapes: Shapes) -> str:
    """What a file with these tensors is called, such as `Stable Diffusion 1` or `LoRA for Stable Diffusion XL`.

    Args:
        shapes: Of every tensor, by its name.

    Returns:
        A few words; empty if nothing is known.
    """
    if any(mark in name for name in shapes for mark in _LORA_MARKS):
        family = _BY_CONTEXT.get(_features(shapes, _LORA_ATTENTION))
        return f"LoRA for {family}" if family else "LoRA"
    for part, words in _OTHERS:
        if any(name.startswith(part) or f".{part}" in name for name in shapes):
            return words
    prefix = find_prefix("unet", shapes)
    if prefix is not None:
        return _name_unet(shapes, prefix)
    for part in ("vae", "clip"):
        if find_prefix(part, shapes) is not None:
            return LAYOUTS[part].title
    return next((_bare(each.words) for each in STRANGERS if any(each.part in name for name in shapes)), "")


def _name_unet(shapes: Shapes, prefix: str) -> str:
    features = _features(shapes, (_ATTENTION,))
    family = _BY_CONTEXT.get(features, "diffusion model")
    first = shapes[f"{prefix}{LAYOUTS['unet'].sign}"]
    is_inpainting = len(first) > 1 and first[1] == _INPAINTING_CHANNELS
    return f"{family}, for inpainting" if is_inpainting else family


def _features(shapes: Shapes, endings: Iterable[str]) -> int:
    endings = tuple(endings)
    return next((shape[1] for name, shape in shapes.items() if name.endswith(endings) and len(shape) > 1), 0)


def _bare(words: str) -> str:
    return words.removeprefix("a ").removeprefix("an ").removeprefix("the ")
