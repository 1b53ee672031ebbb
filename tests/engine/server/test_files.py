"""/view: files come as they are or made smaller; whatever the name, nothing but a file of its directory comes."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.engine.images.files import animate, encode, noise, png_of_size
from tests.engine.server.nasty import NAMES, THE_FOLDER_ITSELF, outside
from tests.engine.server.raw import RawServer, Reply

RGBA = noise(20, 10, 4)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    base = tmp_path_factory.mktemp("view")
    with RawServer(base) as running:
        for folder in ("input", "output/sub", "temp"):
            (base / folder).mkdir(parents=True, exist_ok=True)
        (base / "output/a.png").write_bytes(encode(RGBA, "PNG"))
        (base / "output/sub/b.png").write_bytes(encode(noise(), "PNG"))
        (base / "input/in.png").write_bytes(encode(noise(), "PNG"))
        (base / "temp/t.gif").write_bytes(animate("GIF"))
        outside(base, base / "output")
        yield running


def opened(reply: Reply) -> Image.Image:
    assert reply.status == 200, reply.body
    return Image.open(io.BytesIO(reply.body))


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture)


def view(server: RawServer, **query: str) -> Reply:
    return server.get(f"/view?{urlencode(query)}")


# -- what comes ------------------------------------------------------------------------------------------------------


def test_a_file_comes_byte_by_byte(server: RawServer) -> None:
    reply = view(server, filename="a.png")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/png")
    assert reply.body == (server.directory / "output/a.png").read_bytes()
    assert reply.headers["Content-Disposition"] == 'inline; filename="a.png"'
    assert server.get("/api/view?filename=a.png").body == reply.body


@pytest.mark.parametrize(
    "query",
    [
        {"filename": "in.png", "type": "input"},
        {"filename": "in.png [input]"},
        {"filename": "in.png [input]", "type": "temp"},
        {"filename": "some/folders/in.png", "type": "input"},
        {"filename": "b.png", "subfolder": "sub"},
        {"filename": "b.png", "subfolder": "sub/"},
        {"filename": "a.png", "subfolder": "."},
        {"filename": "t.gif[temp]"},
    ],
)
def test_where_a_file_is_looked_for(server: RawServer, query: dict[str, str]) -> None:
    assert view(server, **query).status == 200


def test_ranges_and_known_files(server: RawServer) -> None:
    whole = view(server, filename="a.png")
    part = server.get("/view?filename=a.png", Range="bytes=2-5")
    assert (part.status, part.body) == (206, whole.body[2:6])
    assert server.get("/view?filename=a.png", Range="bytes=999999-").status == 416
    assert server.get("/view?filename=a.png", If_None_Match=whole.headers["ETag"]).status == 304


def test_a_packed_file_beside_is_not_sent_instead(server: RawServer) -> None:
    (server.directory / "output/a.png.gz").write_bytes(b"something else")
    assert server.get("/view?filename=a.png", Accept_Encoding="gzip").body == view(server, filename="a.png").body


@pytest.mark.parametrize("preview", ["webp", "webp;50", "webp;", "bmp", "jpeg;80", "jpeg"])
def test_previews_are_smaller_files_of_the_same_picture(server: RawServer, preview: str) -> None:
    reply = view(server, filename="a.png", preview=preview)
    picture = opened(reply)
    assert picture.size == RGBA.size
    assert picture.format == ("JPEG" if preview.startswith("jpeg") else "WEBP")
    assert reply.headers["Content-Type"] == f"image/{(picture.format or '').lower()}"
    known = server.get(f"/view?filename=a.png&preview={quote(preview)}", If_None_Match=reply.headers["ETag"])
    assert (known.status, known.body) == (304, b"")


@pytest.mark.parametrize(
    ("query", "size", "kind"),
    [
        ({"size": "10"}, (10, 5), "WEBP"),
        ({"size": "10", "preview": "jpeg;80"}, (10, 5), "JPEG"),
        ({"size": "10", "channel": "rgb"}, (10, 5), "PNG"),
        ({"size": "10", "channel": "a"}, (10, 5), "PNG"),
        ({"size": "1"}, (1, 1), "WEBP"),
        ({"size": "20", "preview": "webp;80"}, (20, 10), "WEBP"),
        ({"size": "16383", "preview": "webp;80"}, (20, 10), "WEBP"),
        ({"size": "", "preview": "webp;80"}, (20, 10), "WEBP"),
    ],
)
def test_a_look_is_as_small_as_asked_for_and_never_larger(
    server: RawServer, query: dict[str, str], size: tuple[int, int], kind: str
) -> None:
    picture = opened(view(server, filename="a.png", **query))
    assert (picture.size, picture.format) == (size, kind)


def test_looks_of_other_sizes_are_other_looks(server: RawServer) -> None:
    small = view(server, filename="a.png", size="10")
    assert server.get("/view?filename=a.png&size=10", If_None_Match=small.headers["ETag"]).status == 304
    assert server.get("/view?filename=a.png&size=11", If_None_Match=small.headers["ETag"]).status == 200


def test_a_smaller_look_at_transparency_keeps_what_is_there(server: RawServer) -> None:
    spot = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    spot.paste((255, 0, 0, 255), (0, 0, 20, 40))
    (server.directory / "output/spot.png").write_bytes(encode(spot, "PNG"))
    alpha = pixels(opened(view(server, filename="spot.png", size="20", channel="a")))[..., 3]
    assert (alpha[:, :5] == 255).all()
    assert (alpha[:, 15:] == 0).all()
    colors = pixels(opened(view(server, filename="spot.png", size="20", channel="rgb")))
    assert (colors == (255, 0, 0)).all()


def test_what_is_too_long_for_a_webp_can_be_seen_smaller(server: RawServer) -> None:
    (server.directory / "output/strip.png").write_bytes(encode(Image.new("RGB", (16_384, 1)), "PNG"))
    assert opened(view(server, filename="strip.png", size="512")).size == (512, 1)


def test_a_preview_of_an_animation_is_its_first_frame(server: RawServer) -> None:
    path = server.directory / "temp/t.gif"
    with Image.open(path) as first:
        size = first.size
    assert opened(view(server, filename="t.gif", type="temp", preview="webp")).size == size


def test_a_picture_that_no_webp_can_hold_is_refused(server: RawServer) -> None:
    (server.directory / "output/long.png").write_bytes(encode(Image.new("RGB", (16_384, 1)), "PNG"))
    assert "WEBP" in view(server, filename="long.png", preview="webp").error["message"]
    assert view(server, filename="long.png", preview="jpeg").status == 200


def test_channels(server: RawServer) -> None:
    rgb = opened(view(server, filename="a.png", channel="rgb"))
    assert (rgb.format, rgb.mode) == ("PNG", "RGB")
    assert np.array_equal(pixels(rgb), pixels(RGBA)[..., :3])
    alpha = opened(view(server, filename="a.png", channel="a"))
    assert alpha.mode == "RGBA"
    assert np.array_equal(pixels(alpha)[..., 3], pixels(RGBA)[..., 3])
    assert opened(view(server, filename="a.png", channel="a", preview="jpeg")).format == "WEBP"


@pytest.mark.parametrize(
    "query",
    [
        {"filename": "a.png", "preview": "webp;0"},
        {"filename": "a.png", "preview": "webp;many"},
        {"filename": "a.png", "preview": "webp;-3"},
        {"filename": "a.png", "preview": "webp;" + "9" * 5000},
        {"filename": "a.png", "channel": "z"},
        {"filename": "a.png", "size": "0"},
        {"filename": "a.png", "size": "-1"},
        {"filename": "a.png", "size": "16384"},
        {"filename": "a.png", "size": "1.5"},
        {"filename": "a.png", "size": "large", "preview": "webp"},
        {"filename": "a.png", "size": "9" * 5000},
        {"filename": "text.txt", "size": "512"},
        {"filename": "huge.png", "size": "512"},
        {"filename": "a.png", "type": "models"},
        {"filename": "a.png", "type": "x" * 5_000},
        {"filename": ""},
        {"filename": "\0"},
        {"filename": "a.png", "subfolder": "\0"},
        {"filename": "text.txt", "preview": "webp"},
        {"filename": "cut.png", "preview": "webp"},
        {"filename": "huge.png", "preview": "webp"},
        {"filename": "huge.png", "channel": "rgb"},
    ],
)
def test_bad_parameters_and_bad_pictures_are_refused(server: RawServer, query: dict[str, str]) -> None:
    output = server.directory / "output"
    (output / "text.txt").write_text("hello")
    (output / "cut.png").write_bytes((output / "a.png").read_bytes()[:-60])
    (output / "huge.png").write_bytes(png_of_size(40_000, 40_000))
    assert view(server, **query).status == 400
    assert view(server, **query).error


def test_no_parameter_and_no_file_are_not_found(server: RawServer) -> None:
    assert server.get("/view").status == 404
    assert view(server, filename="none.png").error["type"] == "not_found"


# -- what must not come ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["x.html", "x.svg", "x.xhtml", "x.xml", "x.js", "x.mjs", "x.mht", "x.css", "x", "x.HTM"]
)
def test_what_a_browser_would_run_is_an_attachment(server: RawServer, name: str) -> None:
    (server.directory / "output" / name).write_text("<script>alert(1)</script>")
    reply = view(server, filename=name)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_names_in_headers_cannot_break_out(server: RawServer) -> None:
    name = 'b"\\ö;=%.html'
    (server.directory / "output" / name).write_text("x")
    disposition = view(server, filename=name.replace("\\", "x")).headers.get("Content-Disposition", "")
    assert "\r" not in disposition
    header = view(server, filename="ü.png").headers.get("Content-Disposition", "")
    assert header == ""
    (server.directory / "output/ü.png").write_bytes(encode(noise(), "PNG"))
    header = view(server, filename="ü.png").headers["Content-Disposition"]
    assert header == "inline; filename=\"_.png\"; filename*=UTF-8''%C3%BC.png"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("query", ["", "&preview=webp", "&channel=a", "&size=64"])
def test_no_name_leads_outside(server: RawServer, name: str, query: str) -> None:
    targets = [
        f"/view?filename={name}{query}",
        f"/view?filename=secret.png&subfolder={name}{query}",
        f"/view?filename=a.png&type={name}{query}",
        f"/api/view?filename={name}%20%5Binput%5D{query}",
    ]
    if name not in THE_FOLDER_ITSELF:
        targets.append(f"/view?filename=a.png&subfolder={name}{query}")
    for target in targets:
        reply = server.get(target)
        assert reply.error, target
        assert b"secret" not in reply.body.replace(b"secret.png", b"")
        assert str(server.directory).encode() not in reply.body


@pytest.mark.parametrize("place", ["filename=link.png", "filename=secret.png&subfolder=linked"])
def test_links_that_lead_out_are_like_missing_ones(server: RawServer, place: str) -> None:
    assert server.get(f"/view?{place}").status in (400, 403, 404)


@pytest.mark.parametrize("made", ["fifo", "socket", "folder"])
def test_what_is_no_file_is_not_found_and_does_not_hang(
    server: RawServer, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = server.directory / "output" / f"{made}.png"
    if made == "fifo":
        os.mkfifo(path)
    elif made == "folder":
        path.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            monkeypatch.chdir(path.parent)  # such names have to be short
            bound.bind(path.name)
    assert view(server, filename=path.name).status == 404
    assert view(server, filename=path.name, preview="webp").status == 404


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_asked_for_is_a_file_or_a_refusal(server: RawServer, name: str, folder: str) -> None:
    target = urlencode({"filename": name, "subfolder": folder}, errors="surrogatepass")
    reply = server.get(f"/view?{target}")
    assert reply.status == 200 or reply.error


def test_the_same_answer_for_what_is_outside_and_what_is_nowhere(server: RawServer) -> None:
    there, nowhere = (server.get(f"/view?filename=..%2F{name}") for name in ("secret.png", "nopeno.png"))
    assert there.status == nowhere.status
    assert there.body.replace(b"secret", b"nopeno") == nowhere.body
