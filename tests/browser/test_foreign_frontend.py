"""The compiled front end of ComfyUI over our server, in a browser: it opens, runs a workflow and shows its picture.

The front end is a peer: its package is served as it is and never looked into. Nothing it says on the console is an
error, and no request of it leaves this machine.
"""

from __future__ import annotations

import io
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Request, sync_playwright

HOME = Path(__file__).resolve().parents[2]
WORKFLOW = HOME / "workflows/text_to_image.json"
TIMEOUT_MS = 180_000
NAMES = ("chromium", "chromium-browser", "google-chrome")
_NEAR = 30
"""Colours that differ by less in each channel are the same to this test."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("foreign")
    (directory / "models").mkdir()
    (directory / "models/checkpoints").symlink_to(HOME / "models/checkpoints")
    return directory


@pytest.fixture(scope="module")
def address(base: Path) -> Iterator[str]:
    """A server with the foreign front end, as a user starts it."""
    found = find_spec("comfyui_frontend_package")
    assert found is not None
    assert found.origin is not None
    command = [sys.executable, str(HOME / "main.py"), "--port", "0", "--cpu", "--base-directory", str(base)]
    command += ["--front-end-root", str(Path(found.origin).parent / "static")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=base) as server:
        assert server.stdout is not None
        said: list[str] = []
        reader = threading.Thread(target=lambda: said.extend(server.stdout or ()))
        try:
            printed = re.search(r"http://[\d.]+:\d+", server.stdout.readline())
            assert printed, "The server did not print its address."
            reader.start()
            yield printed[0]
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(30)
            finally:
                server.kill()
            reader.join(10)
            print("".join(said))  # noqa: T201, shown if the test fails


class Watch:
    """What a page says on the console, and whom it asks besides the server."""

    def __init__(self, page: Page, address: str) -> None:
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self._host = urlsplit(address).netloc
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._look_at)

    def _look_at(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self._host:
            self.strangers.append(request.url)


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    browser_path = next(filter(None, map(shutil.which, NAMES)), None)
    assert browser_path, f"This test needs a browser: one of {', '.join(NAMES)} (apt-get install chromium)."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(TIMEOUT_MS)
        yield page
        browser.close()


def read_pixels(picture: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(picture)) as opened:
        return np.asarray(opened.convert("RGB")).astype(int)


def count_pixels(screenshot: bytes, color: np.ndarray) -> int:
    """How many pixels of what is seen have nearly this colour."""
    return int((np.abs(read_pixels(screenshot) - color).max(axis=-1) < _NEAR).sum())


def test_it_opens_runs_a_workflow_and_shows_the_picture(page: Page, address: str, base: Path) -> None:
    watch = Watch(page, address)
    with page.expect_response(lambda reply: reply.url.endswith("/object_info")) as described:
        page.goto(address, wait_until="domcontentloaded")
    assert described.value.ok, described.value.text()
    files = page.locator("#comfy-file-input")
    files.wait_for(state="attached")
    # A first visit begins with a choice of templates: ours, each with its picture.
    page.get_by_text("text_to_image").first.wait_for()
    page.keyboard.press("Escape")

    files.set_input_files(WORKFLOW)
    run = page.get_by_role("button", name="Run", exact=True).first
    run.wait_for()
    page.get_by_text("text_to_image", exact=True).first.wait_for()
    page.keyboard.press(".")  # everything into view
    before = page.screenshot()
    with page.expect_response(re.compile(r"/api/view\?.*filename=text_to_image_00001_")) as shown:
        with page.expect_response(lambda reply: urlsplit(reply.url).path == "/api/prompt") as queued:
            run.click()
        assert queued.value.ok
        assert queued.value.json()["node_errors"] == {}
    assert shown.value.ok
    assert shown.value.headers["content-type"] == "image/png"
    picture = shown.value.body()
    assert picture == (base / "output/text_to_image_00001_.png").read_bytes()

    background = read_pixels(picture)[:16, :16].reshape(-1, 3).mean(axis=0)
    wanted = count_pixels(before, background) + 2_000
    for _ in range(100):
        if count_pixels(page.screenshot(), background) > wanted:
            break
        page.wait_for_timeout(200)
    else:
        pytest.fail("The picture is not to be seen.")
    assert watch.errors == []
    assert watch.strangers == []
