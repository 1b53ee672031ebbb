"""What stands in a pack's source, found without running it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from engine.compat.packs import Pack
from engine.compat.source import Source, read_source


def _read(path: Path, **files: str) -> Source:
    for name, text in files.items():
        (path / f"{name}.py").write_text(textwrap.dedent(text))
    return read_source(Pack(path.name, path))


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("import subprocess\n", "runs programs", "import subprocess"),
        ("import subprocess as s\ns.run(['x'])\n", "runs programs", "subprocess.run"),
        ("from os import system as go\ngo('x')\n", "runs programs", "os.system"),
        ("eval('1')\n", "runs text as code", "eval"),
        ("import requests\n", "opens the network", "import requests"),
        ("from urllib.request import urlopen\n", "opens the network", "import urllib.request"),
        ("import torch\ntorch.load('x')\n", "reads pickles", "torch.load"),
        ("from pathlib import Path\nPath('x').write_text('y')\n", "writes files", ".write_text"),
        ("open('x', 'w')\n", "writes files", "open"),
        ("open('x', mode='ab')\n", "writes files", "open"),
        ("import shutil\ndef f():\n    shutil.rmtree('x')\n", "writes files", "shutil.rmtree"),
    ],
)
def test_what_a_pack_does(tmp_path: Path, text: str, kind: str, what: str) -> None:
    found = [(finding.kind, finding.what) for finding in _read(tmp_path, a=text).findings]
    assert (kind, what) in found


@pytest.mark.parametrize(
    "text",
    [
        "open('x')\n",
        "open('x', 'rb')\n",
        "import torch\ntorch.load('x', weights_only=True)\n",
        "import os\nos.getcwd()\n",
        "",
    ],
)
def test_what_is_nothing_worth_telling(tmp_path: Path, text: str) -> None:
    assert _read(tmp_path, a=text).findings == ()


def test_imports_files_and_lines(tmp_path: Path) -> None:
    source = _read(tmp_path, a="import json, numpy.linalg\nfrom . import b\n", b="x = 1\n\nexec('y')\n", c="def (:\n")
    assert source.imports == ("numpy",)
    assert [(finding.file, finding.line) for finding in source.findings] == [("b.py", 3)]
    assert source.file_count == 3
    assert source.unreadable[0].startswith("c.py: SyntaxError")


def test_nothing_of_it_is_executed(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    _read(tmp_path, a=f"open({str(marker)!r}, 'w').close()\n")
    assert not marker.exists()


def test_depth_is_no_obstacle(tmp_path: Path) -> None:
    source = _read(tmp_path, a="x = " + "(" * 5000 + ")" * 5000 + "\n")
    assert len(source.unreadable) == 1
