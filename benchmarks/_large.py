"""Requests that are large without looking so, each of which once kept everybody else waiting: for `reliability`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EMPTY_CHUNK = b"\0\0\0\0tEXt\0\0\0\0"
_BOUNDARY = "----part"
_MEBIBYTES = 14
"""Somewhat less than what --max-json-size lets in."""


class Asked(NamedTuple):
    """A request."""

    what: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


def put_files(base: Path) -> None:
    """What the requests find in the directories of a server, and the gallery finds by itself."""
    nodes: dict[str, Any] = {
        str(place): {"class_type": "Encode", "inputs": {"text": f"text {place}"}} for place in range(100_000)
    }
    nodes |= {
        f"s{place}": {"class_type": "Sampler", "inputs": {"positive": [str(place), 0]}} for place in range(50_000)
    }
    for path, content in (
        ("output/small.png", _picture()),
        ("output/many_prompts.png", _picture(prompt=nodes)),
        ("output/many_parts.png", _SIGNATURE + _EMPTY_CHUNK * 2_000_000),
        ("user/default/workflows/large.json", _document(_MEBIBYTES)),
        ("user/default/workflows/very_large.json", _document(90)),
    ):
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_bytes(content)


def large_requests() -> list[Asked]:
    """They are asked in this order, of a server in whose directories `put_files` has put its files."""
    small = json.dumps({"1": {"class_type": "Fine", "inputs": {"text": "x"}}}).encode()
    members = {str(place): place for place in range(700_000)}
    packed = _picture(workflow=members, prompt=json.loads(small))
    png = {"Content-Type": "image/png"}
    as_json = {"Content-Type": "application/json"}
    routes = ("jobs", "workflows/validate", "workflows/forecast", "workflows/script", "convert")
    asked = [
        Asked(
            f"a form with 700,000 inputs: {route}",
            "POST",
            f"/api/v1/{route}",
            *_form(file=("small.json", small), inputs=json.dumps(members).encode()),
        )
        for route in routes
    ]
    asked += [
        Asked(
            f"700,000 members packed in a picture of {len(packed) >> 10} KB: {route}",
            "POST",
            f"/api/v1/{route}",
            png,
            packed,
        )
        for route in routes
    ]
    many = _SIGNATURE + _EMPTY_CHUNK * 8_000_000
    reference = json.dumps({"filename": "small.png", "type": "output"}).encode()
    asked += [
        Asked("a PNG of 8 million parts", "POST", "/upload/image", *_form(image=("many.png", many))),
        Asked(
            "a mask of 4096 x 4096 pixels for a picture of 2 x 2",
            "POST",
            "/upload/mask",
            *_form(image=("mask.png", _noise(4096)), original_ref=reference),
        ),
    ]
    file = "/api/v1/workflows/files/saved.json"
    asked += [
        Asked("workflow files of 14 and 90 MB, listed", "GET", "/api/v1/workflows/files", {}),
        Asked("one of 14 MB saved", "PUT", file, as_json, _document(_MEBIBYTES)),
        Asked("saved again, changed", "PUT", file, as_json, _document(_MEBIBYTES, "changed")),
        Asked("its versions", "GET", f"{file}/versions", {}),
        Asked("versions of one of 90 MB", "GET", "/api/v1/workflows/files/very_large.json/versions", {}),
        Asked(
            "lineage of a picture with 50,000 prompts", "GET", "/api/v1/gallery/lineage?filename=many_prompts.png", {}
        ),
        Asked("lineage of a picture of 2 million parts", "GET", "/api/v1/gallery/lineage?filename=many_parts.png", {}),
    ]
    return asked


def large_prompts() -> dict[str, bytes]:
    """Bodies of `POST /prompt`."""
    unknown = {f"u{place}": {"class_type": "Nope", "inputs": {"x": [f"u{place - 1}", 0]}} for place in range(99)}
    outputs = {str(place): {"class_type": "PreviewImage", "inputs": {"images": ["u98", 0]}} for place in range(99_900)}
    long = {"class_type": "EmptyImage", "inputs": {"width": "x" * (_MEBIBYTES << 20)}}
    secret = {"service": {"api-key": "x" * (_MEBIBYTES << 20)}}
    small = {"1": {"class_type": "Fine", "inputs": {"text": "x"}}}
    return {
        "99 unknown nodes before 99,900 outputs": json.dumps({"prompt": unknown | outputs}).encode(),
        "a wrong value of 14 MB": json.dumps({"prompt": {"1": long}}).encode(),
        "a key of 14 MB": json.dumps({"prompt": small, "extra_data": secret}).encode(),
    }


def _document(mebibytes: int, word: str = "x") -> bytes:
    """A canvas document of so many small nodes."""
    node = json.dumps({"id": 1, "type": "Fine", "pos": [0, 0], "widgets_values": [word]})
    nodes = ",".join([node] * ((mebibytes << 20) // (len(node) + 1)))
    return f'{{"nodes":[{nodes}],"links":[]}}'.encode()


def _picture(**texts: Any) -> bytes:
    """A PNG of 2 x 2 pixels that carries these texts, packed."""
    info, file = PngInfo(), io.BytesIO()
    for key, value in texts.items():
        info.add_text(key, json.dumps(value), zip=True)
    Image.new("RGB", (2, 2)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def _noise(side: int) -> bytes:
    pixels, file = np.random.default_rng(0).integers(0, 255, (side, side, 4), dtype=np.uint8), io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _form(**parts: tuple[str, bytes] | bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body of a form; a part with a file has its name before it."""
    pieces: list[bytes] = []
    for name, part in parts.items():
        filename, content = part if isinstance(part, tuple) else ("", part)
        more = f'; filename="{filename}"' if filename else ""
        pieces.append(f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode())
        pieces += [content, b"\r\n"]
    pieces.append(f"--{_BOUNDARY}--\r\n".encode())
    return {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}, b"".join(pieces)
