"""An engine with packs of `packs/`, loaded by the real loader from a directory of their own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine import Engine, Settings
from engine.compat.host import Host, current_host
from engine.compat.loader import PackReport
from engine.errors import NodeError
from engine.execution.events import Event
from engine.runtime import RunResult

PACKS = Path(__file__).with_name("packs")


def node(type_name: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": type_name, "inputs": inputs}


class Workshop:
    """A base directory, the packs in it, and the engine that loaded them."""

    def __init__(self, base: Path, *packs: str, **settings: Any) -> None:
        self.base = base
        for name in packs:
            source = PACKS / name
            target = base / "custom_nodes" / name
            target.parent.mkdir(exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy(PACKS / f"{name}.py", base / "custom_nodes")
        self.sent: list[tuple[str, Any, str | None]] = []
        self.engine = Engine(Settings(base_directory=base, device="cpu", **settings))
        loaded = self.engine.load_packs(lambda *message: self.sent.append(message))
        self.reports: dict[str, PackReport] = {report.name: report for report in loaded}
        self.events: list[Event] = []

    @property
    def host(self) -> Host:
        return current_host()

    def run(self, prompt: dict[str, Any], *targets: str, **others: Any) -> RunResult:
        self.events.clear()
        given: dict[str, Any] = {"on_event": self.events.append, **others}
        return self.engine.run(self.engine.load(prompt), targets=targets or None, **given)

    def value(self, type_name: str, **inputs: Any) -> Any:
        """The first output of one node."""
        return self.values(type_name, **inputs)[0]

    def values(self, type_name: str, **inputs: Any) -> tuple[Any, ...]:
        return self.run({"1": node(type_name, **inputs)}, "1").outputs["1"]

    def told(self, kind: type[Event]) -> Sequence[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def errors(self, type_name: str, **inputs: Any) -> list[str]:
        """What validation says of one node."""
        workflow = self.engine.load({"1": node(type_name, **inputs)})
        return [error.message for error in self.engine.validate(workflow, ["1"]).errors]

    def failure(self, prompt: dict[str, Any], *targets: str) -> NodeError:
        try:
            self.run(prompt, *targets)
        except NodeError as error:
            return error
        raise AssertionError("the run should have failed")
