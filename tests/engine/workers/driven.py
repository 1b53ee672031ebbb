"""A worker process driven as the server drives it, for tests that look at what it says and how it ends."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.settings import Settings
from engine.workers.channel import Listener, ServerSide
from engine.workers.messages import Configure, EventTold, Preview, Ready, RunEnded, RunJob, RunTaken, ToServer, ToWorker
from engine.workers.output import OutputReader

PATIENCE_S = 60.0
ROOT = Path(__file__).parents[3]

Graph = dict[str, Any]


def node_of(class_type: str, **inputs: Any) -> dict[str, Any]:
    """A node in API format."""
    return {"class_type": class_type, "inputs": inputs}


class Driven:
    """A worker. Close it at the end.

    Args:
        directory: For all its files.
        configuration: Other fields of `Configure`.

    Attributes:
        first: What it said first: `Ready`, or why not.
        lines: What it wrote.
        heard: What it said since the last `run`.
    """

    def __init__(self, directory: Path, **configuration: Any) -> None:
        self.lines: list[str] = []
        self.heard: list[ToServer] = []
        self._runner = asyncio.Runner()
        self._jobs = 0
        settings = Settings(base_directory=directory, device="cpu")
        values: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=str) | configuration.pop("settings", {})
        configuration.setdefault("node_packages", ("tests.engine.workers.rogues",))
        self.first: ToServer | None = self._runner.run(self._start(Configure(settings=values, **configuration)))

    async def _start(self, configuration: Configure) -> ToServer | None:
        listener = await Listener.open()
        secret, arrival = listener.expect()
        command = [sys.executable, "-m", "engine.workers.process", "--port", str(listener.port)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._output = OutputReader(self.process.stdout.fileno(), self.lines.extend)
        self._output.start()
        self.process.stdout.close()
        self.process.stdin.write(f"{secret}\n".encode())
        self.process.stdin.flush()
        self.channel: ServerSide = await asyncio.wait_for(arrival, PATIENCE_S)
        await listener.close()
        await self.channel.send(configuration)
        return await asyncio.wait_for(self.channel.receive(), PATIENCE_S)

    @property
    def ready(self) -> Ready:
        """Its first message."""
        assert isinstance(self.first, Ready), (self.first, self.lines)
        return self.first

    def send(self, message: ToWorker) -> None:
        """Say something."""
        self._runner.run(self.channel.send(message))

    def receive(self) -> ToServer:
        """The next that it says, but for how far a run is."""
        while True:
            message = self._runner.run(asyncio.wait_for(self.channel.receive(), PATIENCE_S))
            assert message is not None, ("the worker has gone", self.process.poll(), self.lines[-20:])
            self.heard.append(message)
            if not isinstance(message, EventTold | Preview | RunTaken):
                return message

    def begin(self, graph: Graph, targets: Sequence[str] = (), **fields: Any) -> str:
        """Ask for a run; returns the id of the job."""
        self._jobs += 1
        job_id = f"job {self._jobs}"
        self.heard.clear()
        self.send(RunJob(job_id, json.dumps(graph).encode(), tuple(targets or [list(graph)[-1]]), **fields))
        return job_id

    def run(self, graph: Graph, targets: Sequence[str] = (), **fields: Any) -> RunEnded:
        """Run a workflow to its end; what was said meanwhile is in `heard`."""
        job_id = self.begin(graph, targets, **fields)
        return self.wait_for_end(job_id)

    def wait_for_end(self, job_id: str) -> RunEnded:
        """The last message of a job; others are passed over, but are in `heard`."""
        while True:
            message = self.receive()
            if isinstance(message, RunEnded):
                assert message.job_id == job_id
                return message

    def events(self, kind: type[Any]) -> list[Any]:
        """Events of this kind among what was heard."""
        return [said.event for said in self.heard if isinstance(said, EventTold) and isinstance(said.event, kind)]

    def previews(self) -> list[Preview]:
        """Previews among what was heard."""
        return [said for said in self.heard if isinstance(said, Preview)]

    def wait(self) -> int:
        """How it ended."""
        return self.process.wait(PATIENCE_S)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that a node does."""

        async def watch() -> None:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    await asyncio.sleep(0.01)

        self._runner.run(watch())

    def abandon(self, *, keep_stdin: bool = False) -> None:
        """Be gone, as a server that was killed."""
        self.channel.abort()
        self._runner.run(asyncio.sleep(0))
        if not keep_stdin:
            assert self.process.stdin is not None
            self.process.stdin.close()

    def close(self) -> None:
        """End it, however it is."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        if self.process.stdin is not None:
            self.process.stdin.close()
        assert self._output.join(PATIENCE_S)
        self.channel.abort()
        self._runner.run(asyncio.sleep(0))
        self._runner.close()
