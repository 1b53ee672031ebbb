"""What would cost too much is refused before it costs; what is large and right runs."""

from __future__ import annotations

import gzip
import json
import os
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.engine.server.real import RealServer
from tests.reliability.driving import Line, assert_next_runs, graph, run, submit, wait_for_state

SOON_S = 20.0
"""Far less than decoding, or making, any of it would take."""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zeros(count: int) -> bytes:
    """So many zero bytes, compressed; made piece by piece."""
    press = zlib.compressobj(9)
    pieces = [press.compress(bytes(min(2**20, count - start))) for start in range(0, count, 2**20)]
    return b"".join(pieces) + press.flush()


def _png(width: int, height: int, *chunks: bytes, data: bytes | None = None) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = _zeros(height * (1 + 3 * width)) if data is None else data
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + b"".join(chunks)
        + _chunk(b"IDAT", pixels)
        + _chunk(b"IEND", b"")
    )


def _animation(width: int, height: int, frames: int) -> bytes:
    """An APNG: every frame as large as the picture, a few bytes each."""
    control = struct.pack(">IIIIHHBB", width, height, 0, 0, 1, 10, 0, 0)
    pixels = _zeros(height * (1 + 3 * width))
    chunks = [_chunk(b"acTL", struct.pack(">II", frames, 0)), _chunk(b"fcTL", struct.pack(">I", 0) + control)]
    parts = [_chunk(b"IDAT", pixels)]
    for frame in range(1, frames):
        parts.append(_chunk(b"fcTL", struct.pack(">I", 2 * frame - 1) + control))
        parts.append(_chunk(b"fdAT", struct.pack(">I", 2 * frame) + pixels))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join([_chunk(b"IHDR", header), *chunks, *parts, _chunk(b"IEND", b"")])


def _assert_refused(server: RealServer, prompt: dict[str, Any], *words: str) -> None:
    """At validation or when it runs; in either case at once, in words, with the memory that it had before."""
    began = time.monotonic()
    answer = run(server, prompt)
    assert time.monotonic() - began < SOON_S
    assert answer["status"] == 400 or answer["state"] == "failed", answer
    said = json.dumps(answer)
    assert "worker_died" not in said
    assert "worker_killed" not in said
    for word in words:
        assert word in said, answer
    assert_next_runs(server)


def test_an_image_of_22_gb(server: RealServer) -> None:
    image = {"width": 16384, "height": 16384, "batch_size": 7, "color": 0}
    show = ("PreviewImage", {"images": ["1", 0]})
    _assert_refused(server, graph(("EmptyImage", image), show), "'1' (EmptyImage)")
    latent = {"width": 16384, "height": 16384, "batch_size": 4096}
    _assert_refused(server, graph(("EmptyLatentImage", latent), ("SaveLatent", {"samples": ["1", 0]})))


def test_a_batch_that_is_doubled_to_2_to_the_24(server: RealServer) -> None:
    nodes: list[tuple[str, dict[str, Any]]] = [("EmptyImage", {"width": 64, "height": 64, "batch_size": 1, "color": 0})]
    for place in range(1, 25):
        nodes.append(("ImageBatch", {"image1": [str(place), 0], "image2": [str(place), 0]}))
    nodes.append(("PreviewImage", {"images": ["25", 0]}))
    _assert_refused(server, graph(*nodes), "(ImageBatch)")


@pytest.mark.parametrize("name", ["large.png", "frames.png"])
def test_pictures_that_unfold(server: RealServer, name: str) -> None:
    """13,000 x 13,000 pixels in half a megabyte; 4,000 frames."""
    data = _png(13_000, 13_000) if name == "large.png" else _animation(512, 512, 4_000)
    assert len(data) < 8 * 2**20
    (server.directory / "input" / name).write_bytes(data)
    prompt = graph(("LoadImage", {"image": name}), ("PreviewImage", {"images": ["1", 0]}))
    _assert_refused(server, prompt, "'1' (LoadImage)", "--max-image-size")
    began = time.monotonic()
    status, _, _ = Line(server).ask("GET", f"/view?filename={name}&type=input&preview=webp;50")
    assert status in (200, 400, 413)
    assert time.monotonic() - began < SOON_S


def test_texts_that_unfold(server: RealServer) -> None:
    """A gigabyte of zeros as a compressed text of a picture, and as a compressed body."""
    bomb = _chunk(b"zTXt", b"workflow\0\0" + _zeros(2**30))
    data = _png(8, 8, *[bomb] * 4)
    line = Line(server)
    for path in ("/api/v1/convert", "/api/v1/jobs"):
        status, _, body = line.ask("POST", path, {"Content-Type": "image/png"}, data)
        assert 400 <= status < 500, body
    (server.directory / "input" / "text.png").write_bytes(data)
    job = run(server, graph(("LoadImage", {"image": "text.png"}), ("PreviewImage", {"images": ["1", 0]})))
    assert job["state"] == "succeeded"
    packed = gzip.compress(b'{"prompt": {}}' + b" " * 2**26)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    status, _, body = line.ask("POST", "/prompt", headers, packed)
    assert status == 415, body
    assert_next_runs(server)


def test_devices_and_pipes_as_inputs(server: RealServer) -> None:
    place = server.directory / "input"
    (place / "zero.png").symlink_to("/dev/zero")
    os.mkfifo(place / "pipe.png")
    for name in ("zero.png", "pipe.png", "/dev/zero", "../../../../../../dev/zero"):
        _assert_refused(server, graph(("LoadImage", {"image": name}), ("PreviewImage", {"images": ["1", 0]})))
        assert Line(server).ask("GET", f"/view?filename={name}&type=input")[0] in (400, 403, 404)
    for path in (place / "zero.png", place / "pipe.png"):
        path.unlink()


def test_a_chain_and_a_fan_of_10_000_nodes(server: RealServer) -> None:
    chain: dict[str, Any] = {"0": {"class_type": "Fine", "inputs": {"text": "start"}}}
    for place in range(1, 10_000):
        chain[str(place)] = {"class_type": "StringConcatenate", "inputs": _joined(place)}
    chain["10000"] = {"class_type": "Fine", "inputs": {"text": ["9999", 0]}}
    fan: dict[str, Any] = {
        str(place): {"class_type": "Fine", "inputs": {"text": ["0", 0]}} for place in range(1, 10_001)
    }
    fan["0"] = {"class_type": "Fine", "inputs": {"text": "start"}}
    for prompt in (chain, fan):
        job_id = submit(server, prompt)
        job = wait_for_state(server, job_id, "succeeded", "failed")
        assert job["state"] == "succeeded", job["error"]
        assert len(server.get(f"/history/{job_id}")[job_id]["outputs"]) == (2 if prompt is chain else 10_001)


def _joined(place: int) -> dict[str, Any]:
    return {"string_a": [str(place - 1), 0], "string_b": "", "delimiter": ""}


def test_secrets_are_nowhere(server: RealServer, tmp_path: Path) -> None:
    """Neither in queue, history and logs nor in any file: database, pictures, what else lies there."""
    secret = "s3cret-9f4e1c77"
    prompt = graph(("Noise", {"size": 16}), ("SaveImage", {"images": ["1", 0], "filename_prefix": "secret"}))
    extra = {"auth_token_comfy_org": secret, "api_key_comfy_org": secret, "extra_pnginfo": {"note": "kept-note"}}
    first = submit(server, prompt, extra_data=extra, client_id="me")
    assert wait_for_state(server, first, "succeeded", "failed")["state"] == "succeeded"
    assert secret not in json.dumps([server.get("/history"), server.get("/queue"), server.get("/internal/logs")])
    assert secret not in json.dumps([server.get(f"/api/v1/jobs/{first}"), server.get("/api/v1/jobs")])
    assert secret not in "\n".join(server.lines)
    files = [path for path in server.directory.rglob("*") if path.is_file()]
    holding = [path for path in files if secret.encode() in path.read_bytes()]
    assert holding == []
    assert any(b"kept-note" in path.read_bytes() for path in files if path.suffix == ".png")
