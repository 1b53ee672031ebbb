"""Small files of every kind that carry texts: sounds and films by FFmpeg, as programs write them; the rest by hand."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import features
from PIL.PngImagePlugin import PngInfo

from engine.images.exif import MAKE, MODEL, build_exif
from tests.engine.images.files import encode, noise

Texts = Mapping[str, str]

PROMPT: dict[str, Any] = {"1": {"class_type": "Value", "inputs": {"value": 3}, "_meta": {"title": "grün 猫"}}}
CANVAS: dict[str, Any] = {"nodes": [{"id": 1, "type": "Value", "widgets_values": [4]}], "links": []}
TEXTS = {"prompt": json.dumps(PROMPT), "workflow": json.dumps(CANVAS, ensure_ascii=False)}


# -- sounds and films ------------------------------------------------------------------------------------------------


def sound(kind: str, codec: str, texts: Texts, **options: str) -> bytes:
    """A tenth of a second of silence."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind, options=options) as container:
        container.metadata.update(texts)
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(stream, AudioStream)
        layout = "fltp" if codec in ("aac", "libmp3lame") else "s16"
        silence = np.zeros((1, 4800), np.float32) if layout == "fltp" else np.zeros((1, 4800), np.int16)
        frame = av.AudioFrame.from_ndarray(silence, format=layout, layout="mono")
        frame.sample_rate = 48_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()


def film(kind: str, codec: str, texts: Texts, **options: str) -> bytes:
    """Three grey pictures."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind, options=options) as container:
        container.metadata.update(texts)
        stream = container.add_stream(codec, rate=8, width=64, height=64, pix_fmt="yuv420p")
        assert isinstance(stream, VideoStream)
        for level in (0, 1, 2):
            picture = np.full((64, 64, 3), level, np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return file.getvalue()


# -- by hand ---------------------------------------------------------------------------------------------------------


def png(texts: Texts) -> bytes:
    info = PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    return encode(noise(), "PNG", pnginfo=info)


def exif_picture(kind: str, texts: Texts) -> bytes:
    places = {"prompt": MODEL, "workflow": MAKE}
    block = build_exif({places[key]: f"{key}:{json.dumps(json.loads(text))}" for key, text in texts.items()})
    return encode(noise(), kind, exif=block)


def safetensors(texts: Mapping[str, Any]) -> bytes:
    tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    header = json.dumps({"__metadata__": dict(texts), "x": tensor}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4)


def glb(scene: object) -> bytes:
    text = scene if isinstance(scene, bytes) else json.dumps(scene).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON") + text


def svg(metadata: str, before: str = '<?xml version="1.0"?>\n') -> bytes:
    start = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2">'
    return f"{before}{start}<metadata>{metadata}</metadata><rect/></svg>".encode()


def comments(texts: Texts) -> bytes:
    block = struct.pack("<I", 4) + b"test" + struct.pack("<I", len(texts))
    for key, text in texts.items():
        entry = f"{key}={text}".encode()
        block += struct.pack("<I", len(entry)) + entry
    return block


def ogg(*packets: bytes) -> bytes:
    """Pages of one stream with one packet each, cut where a page is full."""
    pages = b""
    for number, packet in enumerate(packets):
        lacing = b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
        for at in range(0, len(lacing), 255):
            part = lacing[at : at + 255]
            flags = (2 if number == 0 else 0) | (1 if at else 0)
            pages += struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, 7, number, 0, len(part)) + part
            pages += packet[at * 255 : at * 255 + sum(part)]
    return pages


def id3(version: int, *frames: tuple[bytes, bytes], flags: int = 0) -> bytes:
    body = b""
    for name, content in frames:
        if version == 2:
            body += name + len(content).to_bytes(3, "big") + content
        else:
            size = _syncsafe(len(content)) if version == 4 else len(content).to_bytes(4, "big")
            body += name + size + b"\0\0" + content
    return b"ID3" + bytes([version, 0, flags]) + _syncsafe(len(body)) + body


def _syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


MAKERS: dict[str, Callable[[Texts], bytes]] = {
    "png": png,
    "jpeg": lambda texts: exif_picture("JPEG", texts),
    "webp": lambda texts: exif_picture("WEBP", texts),
    **({"avif": lambda texts: exif_picture("AVIF", texts)} if features.check("avif") else {}),
    "flac": lambda texts: sound("flac", "flac", texts),
    "opus": lambda texts: sound("ogg", "libopus", texts),
    "vorbis": lambda texts: ogg(b"\x01vorbis", b"\x03vorbis" + comments(texts)),
    "ogg flac": lambda texts: ogg(b"\x7fFLAC", b"\x84\0\0\0" + comments(texts)),
    "mp3": lambda texts: sound("mp3", "libmp3lame", texts),
    "mp3, id3 2.4": lambda texts: sound("mp3", "libmp3lame", texts, id3v2_version="4"),
    "mp4": lambda texts: film("mp4", "mpeg4", texts, movflags="use_metadata_tags"),
    "mp4 in fragments": lambda texts: film(
        "mp4", "mpeg4", texts, movflags="use_metadata_tags+frag_keyframe+empty_moov"
    ),
    "mp4, one comment": lambda texts: film("mp4", "mpeg4", {"comment": json.dumps(dict(texts))}),
    "mov": lambda texts: film("mov", "mpeg4", texts, movflags="use_metadata_tags"),
    "mov, one comment": lambda texts: film("mov", "mpeg4", {"comment": json.dumps(dict(texts))}),
    "m4a, one comment": lambda texts: sound("ipod", "aac", {"comment": json.dumps(dict(texts))}),
    "webm": lambda texts: film("webm", "libvpx", texts),
    "webm, streamed": lambda texts: film("webm", "libvpx", texts, live="1"),
    "mkv": lambda texts: film("matroska", "mpeg4", texts),
    "safetensors": safetensors,
    "glb": lambda texts: glb({"asset": {"version": "2.0", "extras": dict(texts)}}),
    "glb, parsed": lambda texts: glb({"asset": {"extras": {key: json.loads(text) for key, text in texts.items()}}}),
    "svg": lambda texts: svg(f"<![CDATA[\n{json.dumps({key: json.loads(text) for key, text in texts.items()})}\n]]>"),
    "svg, escaped": lambda texts: svg(json.dumps(dict(texts)).replace("&", "&amp;").replace('"', "&quot;")),
}
"""By what it is, a file that carries these texts as programs write them."""


@cache
def example(name: str) -> bytes:
    """The file of this kind that carries `TEXTS`."""
    return MAKERS[name](TEXTS)
