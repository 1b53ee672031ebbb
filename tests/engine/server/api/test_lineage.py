"""Which files a workflow read: by what its types say, else by what a value looks like."""

from __future__ import annotations

from typing import Annotated

import pytest

from engine.graph.node import node
from engine.graph.registry import Registry
from engine.graph.schema import ModelFile
from engine.graph.workflow import Workflow
from engine.server.api.lineage import loaded_files
from tests.engine.graph.examples import Image as ImageSocket


@node("Read", category="test")
def read(
    *,
    latent: Annotated[str, ModelFile("output")],
    model: Annotated[str, ModelFile("checkpoints")],
    other: str = "",
) -> ImageSocket:
    """Something of which the type says that it names files."""
    raise NotImplementedError


INPUTS = {"latent": "a\\x.latent", "model": "sub/x.png", "other": "deep/er/fox.webp [temp]", "link": ["2", 0], "n": 3}


@pytest.mark.parametrize(
    ("registry", "wanted"),
    [
        (Registry([read]), [("latent", "output", "a", "x.latent"), ("other", "temp", "deep/er", "fox.webp")]),
        (Registry([]), [("model", "input", "sub", "x.png"), ("other", "temp", "deep/er", "fox.webp")]),
        (None, [("model", "input", "sub", "x.png"), ("other", "temp", "deep/er", "fox.webp")]),
    ],
)
def test_files_that_went_in(registry: Registry | None, wanted: list[tuple[str, ...]]) -> None:
    workflow = Workflow.from_api({"1": {"class_type": "Read", "inputs": INPUTS}, "2": {"class_type": "Read"}})
    assert [tuple(each) for each in loaded_files(workflow, ["1", "2"], registry)] == [("1", *each) for each in wanted]
