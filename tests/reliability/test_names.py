"""Names from clients stay in their directory, in every node that takes one; uploads never run in the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.server.real import RealServer
from tests.reliability.driving import Line, graph, run, strict_json

NAMES = (
    *(
        "../outside.png",
        "../../outside.png",
        "/etc/passwd",
        "C:\\x.png",
        "\\\\host\\x.png",
        "..%2foutside.png",
        "a\0b.png",
    ),
    *("outside.png [output]/../../x", "./../outside.png", "sub/../../outside.png", "link/outside.png", "x" * 5_000),
)
CANARY = "canary-5518"


def _things(place: Path) -> set[str]:
    """All files beside the base directory, and those in it that are ours to make."""
    return {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}


def test_every_node_that_takes_the_name_of_a_file(server: RealServer) -> None:
    """A name that is not on the node's list is refused; whether a file of that name exists makes no difference."""
    base = server.directory
    (base.parent / "outside.png").write_text(CANARY, encoding="utf-8")
    (base / "input").mkdir(exist_ok=True)
    if not (base / "input" / "link").exists():
        (base / "input" / "link").symlink_to(base.parent, target_is_directory=True)
    info = strict_json(server.ask("/object_info")[1])
    tried = 0
    for kind, declared in info.items():
        for group in ("required", "optional"):
            for name, spec in (declared["input"].get(group) or {}).items():
                if not _takes_files(name, spec):
                    continue
                tried += 1
                for nasty in NAMES:
                    _assert_refused(server, kind, name, nasty)
    assert tried >= 8


def _takes_files(name: str, spec: Any) -> bool:
    is_choice = isinstance(spec[0], list) or spec[0] == "COMBO"
    words = ("image", "ckpt", "vae", "lora", "model", "control", "latent", "file", "audio", "clip", "style", "unet")
    is_named = any(word in name for word in words) and (name.endswith("_name") or name in ("image", "latent", "file"))
    return is_choice and is_named


def _assert_refused(server: RealServer, kind: str, name: str, nasty: str) -> None:
    body = {"workflow": graph((kind, {name: nasty}), ("PreviewAny", {"source": ["1", 0]}))}
    status, answer = server.ask("/api/v1/workflows/validate", body)
    report = strict_json(answer)
    assert status in (200, 400), report
    if status == 200:
        wrong = [error for error in report["errors"] if error["input_name"] == name]
        assert wrong, (kind, name, nasty, report)
    assert CANARY not in answer.decode()


@pytest.mark.parametrize("kind", ["SaveImage", "PreviewImage", "SaveLatent"])
def test_every_prefix_stays_in_the_output_directory(server: RealServer, kind: str) -> None:
    before = _things(server.directory.parent)
    sources = {
        "SaveLatent": (("EmptyLatentImage", {"width": 64, "height": 64, "batch_size": 1}), "samples"),
        "SaveImage": (("EmptyImage", {"width": 8, "height": 8, "batch_size": 1, "color": 0}), "images"),
    }
    source, name = sources.get(kind, sources["SaveImage"])
    for nasty in NAMES:
        inputs = {name: ["1", 0]} | ({} if kind == "PreviewImage" else {"filename_prefix": nasty})
        answer = run(server, graph(source, (kind, inputs)))
        if answer["status"] == 201 and kind != "PreviewImage":
            assert answer["state"] in ("failed", "succeeded"), answer
    made = _things(server.directory.parent) - before
    inside = tuple(f"{server.directory.name}/{kind}/" for kind in ("output", "temp", "user"))
    assert [one for one in made if not one.startswith(inside)] == []


@pytest.mark.parametrize("suffix", ["html", "svg", "xhtml", "xml", "js", "mjs", "mht", "htm", "shtml", "xht", "svgz"])
def test_uploads_never_run_in_the_page(server: RealServer, suffix: str) -> None:
    """Wherever such a file came from: refused, or an attachment that no browser takes for a page."""
    script = b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'
    line = Line(server)
    form = b"--b\r\nContent-Disposition: form-data; name=image; filename=x." + suffix.encode()
    body = form + b"\r\nContent-Type: image/png\r\n\r\n" + script + b"\r\n--b--\r\n"
    status, _, _ = line.ask("POST", "/upload/image", {"Content-Type": "multipart/form-data; boundary=b"}, body)
    assert 400 <= status < 500
    line.ask("POST", f"/userdata/page.{suffix}", {"Content-Type": "application/octet-stream"}, script)
    for kind in ("output", "input", "temp"):
        (server.directory / kind).mkdir(exist_ok=True)
        (server.directory / kind / f"page.{suffix}").write_bytes(script)
    targets = [f"/view?filename=page.{suffix}&type={kind}" for kind in ("output", "input", "temp")]
    for target in (*targets, f"/userdata/page.{suffix}"):
        status, headers = line.head(target)
        assert status in (200, 400, 403, 404), target
        if status == 200:
            assert headers["Content-Disposition"].startswith("attachment"), target
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in headers["Content-Security-Policy"]
            assert "html" not in headers["Content-Type"]
            assert "xml" not in headers["Content-Type"]
