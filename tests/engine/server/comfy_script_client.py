"""A workflow as people write it for comfy-script, for the server at an address; writes what came of it to a file.

A program of its own, since the library changes asyncio when it is imported.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from comfy_script.client import get_embeddings
from comfy_script.runtime import Workflow, load


def main(address: str, target: str) -> None:
    """Run it."""
    load(address)
    node: Any = import_module("comfy_script.runtime.nodes")  # whose functions `load` has made of /object_info
    with Workflow(wait=True) as workflow:
        model, clip, vae = node.CheckpointLoaderSimple("postcards.safetensors")
        positive, negative = node.CLIPTextEncode("a red barn", clip), node.CLIPTextEncode("", clip)
        empty = node.EmptyLatentImage(64, 64, 2)
        latent = node.KSampler(model, 1, 4, 2.0, "euler", "normal", positive, negative, empty, 1)
        pictures = node.VAEDecode(latent, vae)
        outputs = node.SaveImage(pictures, "script"), node.PreviewImage(pictures)
    task: Any = workflow.task
    found = [picture for output in outputs for picture in task.wait_result(output).wait()]
    told = {
        "sizes": [picture.size for picture in found],
        "different": len({picture.tobytes() for picture in found}),
        "done": task.done(),
        "embeddings": get_embeddings(),
    }
    Path(target).write_text(json.dumps(told), encoding="utf-8")


main(*sys.argv[1:])
