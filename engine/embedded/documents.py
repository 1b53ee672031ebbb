"""Texts in drawings, scenes and model files: SVG, GLB, and the header of `.safetensors` (and `.latent`).

Sources: SVG 2, section 5.7 (`metadata`); Khronos, glTF 2.0, section 4 (binary glTF) and 5.9 (`asset`);
`engine.models.tensor_header`.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path

from engine.embedded.source import DamagedError, Source
from engine.errors import CheckpointError
from engine.graph.json_values import as_object
from engine.models.tensor_header import MAX_HEADER_BYTES, read_header, take_metadata

Texts = Iterator[tuple[str, bytes | str]]

_GLB_JSON = b"JSON"
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_MOST_METADATA = 16


def read_svg(source: Source) -> Texts:
    """What stands in `<metadata>`. The text is looked for, the XML is not parsed: no entity is ever followed."""
    data = source.take(0, source.size_bytes, "metadata")
    if data is None:
        return
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    at = 0
    for _ in range(_MOST_METADATA):
        opened = text.find("<metadata", at)
        begin = text.find(">", opened) + 1
        at = text.find("</metadata", begin)
        if opened < 0 or not begin:
            return
        if at < 0:
            raise DamagedError("its metadata do not end")
        inside = text[begin:at].strip()
        if inside.startswith(_CDATA):
            yield "metadata", inside[len(_CDATA) :].partition(_CDATA_END)[0].strip()
        elif inside[:1] != "<":
            yield "metadata", html.unescape(inside)


def read_glb(source: Source) -> Texts:
    """What stands in `asset.extras` of the scene, by its names."""
    header = source.require(0, 20)
    length, kind = int.from_bytes(header[12:16], "little"), header[16:20]
    if kind != _GLB_JSON:
        raise DamagedError("its first part is not the JSON of a scene")
    text = source.take(20, length, "asset.extras")
    if text is None:
        return
    try:
        scene: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedError("its scene is not JSON") from error
    asset = as_object((as_object(scene) or {}).get("asset")) or {}
    for key, value in (as_object(asset.get("extras")) or {}).items():
        yield key, value if isinstance(value, str) else json.dumps(value)


def read_safetensors(source: Source) -> Texts:
    """What a model file or a saved latent says about itself."""
    try:
        header, _, _ = read_header(Path("file"), source.file, min(MAX_HEADER_BYTES, source.left_bytes))
        metadata = take_metadata(Path("file"), header)
    except CheckpointError as error:
        raise DamagedError(error.reason) from error
    yield from metadata.items()
