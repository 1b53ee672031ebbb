"""The kill test: a server that is killed at random moments under load, again and again, on the same data."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

from PIL import Image

from tests.engine.server.real import RealServer
from tests.reliability.driving import add_pack, all_jobs, graph, strict_json, wait_until

SENDERS = 3
_PAUSE_S = 0.15


@dataclass
class Kills:
    """What came of it.

    Attributes:
        accepted: Ids that a reply with status 200 named, in the order of the replies.
        doubtful: Ids that were sent, but the reply did not come.
        damaged: What an integrity check after a kill found wrong.
        resubmitted: How often an id was sent again after a restart because its reply had not come.
        jobs: Every job as the last server knows it, once all had ended.
        marks: How often each job ran to the end of its last node.
        torn: Picture files that cannot be read whole.
        pictures: Picture files.
    """

    accepted: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    resubmitted: int = 0
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    marks: Counter[str] = field(default_factory=Counter)
    torn: list[str] = field(default_factory=list)
    pictures: int = 0

    @property
    def lost(self) -> list[str]:
        """Accepted jobs that nobody knows of any more, or that neither succeeded nor were given up for a reason."""
        return [one for one in self.accepted if not _is_accounted_for(self.jobs.get(one))]

    @property
    def given_up(self) -> list[str]:
        """Jobs that three kills in a row cut short, and that say so."""
        return [one for one, job in self.jobs.items() if job["state"] == "failed"]

    @property
    def repeated_unmarked(self) -> list[str]:
        """Jobs that ran to their end twice and do not say so."""
        return [one for one, count in self.marks.items() if count > 1 and not self.jobs[one]["restarted"]]


def _is_accounted_for(job: dict[str, Any] | None) -> bool:
    if job is None or job["state"] == "succeeded":
        return job is not None
    return job["state"] == "failed" and job["restarted"] and "cut short" in job["error"]["message"]


def kill_again_and_again(base: Path, times: int, chance: random.Random, *, longest_s: float = 0.7) -> Kills:
    """Start, submit from several clients, kill at a random moment; `times` times. Then let everything run."""
    add_pack(base)
    found = Kills()
    marks = base / "marks"
    for _ in range(times):
        with RealServer(base) as server:
            _resend(server, found, marks)
            stop = threading.Event()
            senders = [threading.Thread(target=_send, args=(server, found, marks, stop)) for _ in range(SENDERS)]
            for sender in senders:
                sender.start()
            wait_until(lambda server=server: _is_ready(server))
            stop.wait(chance.uniform(0.0, longest_s))
            server.process.kill()
            server.process.wait(30)
            stop.set()
            for sender in senders:
                sender.join(30)
        found.damaged += _check(base)
    with RealServer(base) as server:
        _resend(server, found, marks)
        wait_until(lambda: server.get("/prompt")["exec_info"]["queue_remaining"] == 0, 60 + len(found.accepted))
        found.jobs = all_jobs(server.get)
        assert server.stop() == 0
    found.marks.update(marks.read_text(encoding="utf-8").split())
    for path in (base / "output").rglob("*.png"):
        found.pictures += 1
        try:
            with Image.open(path) as picture:
                picture.load()
        except (OSError, SyntaxError):
            found.torn.append(path.name)
    return found


def _is_ready(server: RealServer) -> bool:
    return server.ask("/api/v1/ready")[0] == 200


def _prompt(job_id: str, marks: Path) -> dict[str, Any]:
    """Saves a picture that takes a while to write, then leaves a mark."""
    seed = uuid.UUID(job_id).int % 2**31
    return graph(
        ("Noise", {"size": 300, "seed": seed}),
        ("SaveImage", {"images": ["1", 0], "filename_prefix": "kill"}),
        ("Mark", {"seconds": 0.01, "flag": f"{marks}:{job_id}"}),
    )


def _send(server: RealServer, found: Kills, marks: Path, stop: threading.Event) -> None:
    while not stop.wait(_PAUSE_S):
        job_id = str(uuid.uuid4())
        try:
            _submit(server, found, job_id, marks)
        except (URLError, OSError, ValueError):
            found.doubtful.append(job_id)
            return


def _submit(server: RealServer, found: Kills, job_id: str, marks: Path) -> None:
    status, body = server.ask("/prompt", {"prompt": _prompt(job_id, marks), "prompt_id": job_id}, timeout_s=30)
    if status == 200:
        assert strict_json(body)["prompt_id"] == job_id
        found.accepted.append(job_id)


def _resend(server: RealServer, found: Kills, marks: Path) -> None:
    """Whoever got no reply sends the same again: that is one job, whether or not the first request arrived."""
    doubtful, found.doubtful = found.doubtful, []
    for job_id in doubtful:
        found.resubmitted += 1
        _submit(server, found, job_id, marks)


def _check(base: Path) -> list[str]:
    """The database as the kill left it, looked at in a copy."""
    copy = base / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in (base / "user").glob("jobs.sqlite3*"):
        shutil.copyfile(path, copy / path.name)
    connection = sqlite3.connect(copy / "jobs.sqlite3")
    try:
        answer = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        answer = [str(error)]
    finally:
        connection.close()
    return [] if answer == ["ok"] else answer
