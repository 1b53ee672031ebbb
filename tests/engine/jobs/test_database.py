"""Files that are damaged, foreign, or in use; and servers that are killed while they write."""

from __future__ import annotations

import asyncio
import os
import random
import selectors
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import StoreError
from engine.jobs import database
from engine.jobs.database import FILE_NAME
from engine.jobs.job import Job
from engine.jobs.store import Store
from tests.engine.jobs.samples import PROMPT, result_with, submission

JOBS = 40


async def fill(store: Store) -> None:
    """Jobs 0 to 39, every other one with a result."""
    for index in range(JOBS):
        job = await store.add(submission(str(index), prompt=PROMPT | {"text": "x" * 50 * index}, client_id="me"))
        if index % 2:
            ended = msgspec.structs.replace(job, state="succeeded", started_at=1.0, finished_at=2.0 + index)
            await store.save(ended, result_with({"9": {"images": [{"filename": f"{index}.png"}]}}))


@pytest.fixture(scope="module")
def closed_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a server leaves that ended in peace."""
    directory = tmp_path_factory.mktemp("closed")
    store = Store.open(directory)
    asyncio.run(fill(store))
    store.close()
    return directory


@pytest.fixture(scope="module")
def killed_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a server leaves that was killed: all is still in the log."""
    directory = tmp_path_factory.mktemp("killed")
    store = Store.open(directory / "live")
    asyncio.run(fill(store))
    shutil.copytree(directory / "live", directory / "copy")
    store.close()
    return directory / "copy"


def copied(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return target


def read_all(store: Store) -> tuple[dict[str, Job], set[str]]:
    """Jobs that can be read, and ids of those that say they are damaged."""

    async def read() -> tuple[dict[str, Job], set[str]]:
        whole, damaged = dict[str, Job](), set[str]()
        for job in (await store.jobs(limit=1000))[0]:
            try:
                details = await store.details(job.id)
            except StoreError:
                damaged.add(job.id)
                continue
            assert details is not None
            assert details.prompt["3"] == PROMPT["3"]
            whole[job.id] = job
        return whole, damaged

    return asyncio.run(read())


def kept_aside(directory: Path) -> list[Path]:
    return sorted(directory.glob("jobs.damaged-*"))


def test_a_whole_file_is_not_set_aside(closed_directory: Path, killed_directory: Path, tmp_path: Path) -> None:
    for source in (closed_directory, killed_directory):
        directory = copied(source, tmp_path / "copy")
        store = Store.open(directory)
        assert store.notices == []
        assert len(store.unfinished()) == JOBS / 2
        assert len(read_all(store)[0]) == JOBS
        store.close()
        assert not kept_aside(directory)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=8), bit=st.integers(0, 7))
def test_flipped_bits_never_stop_the_server_and_never_pass_for_a_prompt(
    closed_directory: Path, tmp_path: Path, places: list[float], bit: int
) -> None:
    directory = copied(closed_directory, tmp_path / "copy")
    file = directory / FILE_NAME
    content = bytearray(file.read_bytes())
    for place in places:
        content[int(place * len(content))] ^= 1 << bit
    file.write_bytes(content)
    store = Store.open(directory)
    try:
        read_all(store)  # whatever it finds is what was stored
        aside = kept_aside(directory)
        assert len(aside) == len(store.notices)
        if aside:
            assert aside[0].read_bytes() == bytes(content)
            assert aside[0].name in store.notices[0]
        asyncio.run(store.add(submission("new")))
    finally:
        store.close()


@pytest.mark.parametrize("offset", [*range(0, 100, 3), 18, 19, 24, 60, 68, 100, 103, 105])
def test_a_damaged_head_never_stops_the_server(closed_directory: Path, tmp_path: Path, offset: int) -> None:
    directory = copied(closed_directory, tmp_path / "copy")
    content = bytearray((directory / FILE_NAME).read_bytes())
    content[offset] ^= 0xFF
    (directory / FILE_NAME).write_bytes(content)
    if offset == 63:  # the lowest byte of the version
        with pytest.raises(StoreError, match="newer Skein"):
            Store.open(directory)
        return
    store = Store.open(directory)
    assert len(read_all(store)[0]) == JOBS or offset >= 100
    asyncio.run(store.add(submission("new")))
    store.close()


def test_a_damaged_schema_costs_nothing(closed_directory: Path, tmp_path: Path) -> None:
    """Its texts are ours; SQLite cannot even quote some of them."""
    content = (closed_directory / FILE_NAME).read_bytes()
    for word, damaged in ((b"CREATE TABLE jobs", b"CREATE T\xccBLE jobs"), (b"targets", b"targ\xe5ts")):
        directory = copied(closed_directory, tmp_path / "copy")
        assert word in content
        (directory / FILE_NAME).write_bytes(content.replace(word, damaged, 1))
        store = Store.open(directory)
        assert f"{JOBS} jobs could be read" in store.notices[0]
        assert len(read_all(store)[0]) == JOBS
        store.close()


@pytest.mark.parametrize("step", ["salvage", "set_aside"])
def test_a_repair_that_was_cut_short_is_begun_again(
    closed_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    directory = copied(closed_directory, tmp_path / "copy")
    with (directory / FILE_NAME).open("r+b") as stream:
        stream.write(b"x" * 100)

    def run_and_stop(*arguments: Any) -> None:
        original(*arguments)
        raise OSError("No space left on device")

    original = getattr(database, step)
    with monkeypatch.context() as patch:
        patch.setattr(database, step, run_and_stop)
        with pytest.raises(StoreError, match="No space"):
            Store.open(directory)
    store = Store.open(directory)
    assert len(read_all(store)[0]) == JOBS
    assert len(kept_aside(directory)) == 1
    store.close()
    assert {path.suffix for path in directory.iterdir()} <= {".sqlite3", ".lock"}
    assert not list(directory.glob("*unfinished*")) + list(directory.glob("*salvaged*"))


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9, 0.99])
def test_of_a_truncated_file_something_is_saved(closed_directory: Path, tmp_path: Path, share: float) -> None:
    directory = copied(closed_directory, tmp_path / "copy")
    file = directory / FILE_NAME
    with file.open("r+b") as stream:
        stream.truncate(int(file.stat().st_size * share))
    store = Store.open(directory)
    whole, damaged = read_all(store)
    (notice,) = store.notices
    assert ("No job could be read" in notice) or f"{len(whole)} jobs could be read" in notice
    assert not damaged
    assert share < 0.9 or whole
    assert len(kept_aside(directory)) == 1
    store.close()
    store = Store.open(directory)
    assert (store.notices, read_all(store)[0]) == ([], whole)
    store.close()


@pytest.mark.parametrize("content", [b"hello, this is no database" * 100, bytes(5000), b"SQLite format 3\0", b"x"])
def test_what_is_no_database_is_kept(tmp_path: Path, content: bytes) -> None:
    for count in (1, 2):  # twice within a second
        (tmp_path / FILE_NAME).write_bytes(content)
        store = Store.open(tmp_path)
        assert "No job could be read" in store.notices[0]
        store.close()
        assert [path.read_bytes() for path in kept_aside(tmp_path)] == [content] * count


def test_a_database_of_another_program_is_kept(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("CREATE TABLE jobs (salary INTEGER)")
        connection.commit()
    before = (tmp_path / FILE_NAME).read_bytes()
    store = Store.open(tmp_path)
    assert "something else" in store.notices[0]
    store.close()
    assert kept_aside(tmp_path)[0].read_bytes() == before


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    store = Store.open(tmp_path)
    assert store.notices == []
    store.close()


def test_most_jobs_are_saved_from_a_file_with_a_damaged_page(closed_directory: Path, tmp_path: Path) -> None:
    """Whichever page it is, but for those without which no other can be found."""
    with closing(sqlite3.connect(closed_directory / FILE_NAME)) as connection:
        roots = connection.execute("SELECT rootpage FROM sqlite_master WHERE name IN ('jobs', 'prompts')").fetchall()
    size = (closed_directory / FILE_NAME).stat().st_size
    for page in set(range(2, size // 4096 + 1)) - {root for (root,) in roots}:
        directory = copied(closed_directory, tmp_path / "copy")
        with (directory / FILE_NAME).open("r+b") as stream:
            stream.seek((page - 1) * 4096)
            stream.write(b"\xa5" * 4096)
        store = Store.open(directory)
        whole, damaged = read_all(store)
        assert f"{len(whole)} jobs could be read" in "".join(store.notices) or damaged
        assert len(whole) > JOBS / 2
        assert {job.id for job in store.unfinished()} >= {job.id for job in whole.values() if job.state == "queued"}
        store.close()


@pytest.mark.parametrize("place", [0.0, 0.0005, 0.3, 0.6, 0.95])
def test_damage_in_the_log_is_told(killed_directory: Path, tmp_path: Path, place: float) -> None:
    directory = copied(killed_directory, tmp_path / "copy")
    log = directory / f"{FILE_NAME}-wal"
    content = bytearray(log.read_bytes())
    content[int(place * len(content))] ^= 0x55
    log.write_bytes(content)
    store = Store.open(directory)
    assert "may be missing" in store.notices[0]
    assert len(read_all(store)[0]) < JOBS
    (aside,) = kept_aside(directory)
    assert aside.read_bytes() == bytes(content)
    assert aside.name in store.notices[0]
    asyncio.run(store.add(submission("new")))
    store.close()
    assert not list(directory.glob("*unchecked*"))


def test_a_log_whose_end_was_never_committed_is_no_damage(killed_directory: Path, tmp_path: Path) -> None:
    directory = copied(killed_directory, tmp_path / "copy")
    log = directory / f"{FILE_NAME}-wal"
    with log.open("ab") as stream:
        stream.write(b"\0" * 3000)
    store = Store.open(directory)
    assert store.notices == []
    assert len(read_all(store)[0]) == JOBS
    store.close()


def test_damage_in_the_shared_memory_is_repaired(killed_directory: Path, tmp_path: Path) -> None:
    directory = copied(killed_directory, tmp_path / "copy")
    shared = directory / f"{FILE_NAME}-shm"
    shared.write_bytes(b"\xa5" * shared.stat().st_size)
    store = Store.open(directory)
    assert store.notices == []
    assert len(read_all(store)[0]) == JOBS
    store.close()


# Who may use the directory


def test_a_second_server_is_told_and_the_first_left_alone(tmp_path: Path) -> None:
    first = Store.open(tmp_path)
    for _ in range(2):
        with pytest.raises(StoreError, match="Another server uses") as caught:
            Store.open(tmp_path)
        assert str(tmp_path) in str(caught.value)
    asyncio.run(first.add(submission("x")))
    first.close()
    second = Store.open(tmp_path)
    assert [job.id for job in second.unfinished()] == ["x"]
    second.close()


def test_a_directory_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file"):
        Store.open(tmp_path / "file" / "user")
    (tmp_path / "user" / FILE_NAME).mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / "user")


# Kills

ACCEPTING = """
import asyncio, sys, uuid
from pathlib import Path
from engine.jobs.events import JobEvent, JobQueued
from engine.jobs.job import Job, JobResult, Submission
from engine.jobs.store import Store
import msgspec, time

async def submit_for_ever(store):
    while True:
        name = str(uuid.uuid4())
        job = await store.add(Submission(id=name, prompt={"1": {"class_type": name, "inputs": {}}}, targets=("1",)))
        print("accepted", name, flush=True)
        store.append(JobEvent(store.next_seq(), name, "", 0, JobQueued()))
        ended = msgspec.structs.replace(job, state="succeeded", started_at=time.time(), finished_at=time.time())
        if name < "8":
            await store.save(ended, JobResult(outputs={"1": {"images": [{"filename": name}]}}))
            print("ended", name, flush=True)

async def main():
    store = Store.open(Path(sys.argv[1]), history_limit=1_000_000)
    print("ready", store.next_seq(), flush=True)
    await asyncio.gather(*(submit_for_ever(store) for _ in range(20)))

asyncio.run(main())
"""


def lines_until(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """What it prints until the deadline; it is killed then."""
    assert process.stdout is not None
    output = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if selector.select(left):
                output += os.read(process.stdout.fileno(), 1 << 16)
    process.send_signal(signal.SIGKILL)
    return output + process.stdout.read()


def test_what_was_accepted_is_there_after_kills(tmp_path: Path) -> None:
    """Ten servers on one directory, each killed at a random moment."""
    randomness = random.Random()
    accepted, ended, numbers = set[str](), set[str](), list[int]()
    for _ in range(10):
        with subprocess.Popen([sys.executable, "-c", ACCEPTING, str(tmp_path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            first = process.stdout.readline().split()
            assert first[:1] == [b"ready"]
            numbers.append(int(first[1]))
            output = lines_until(process, time.monotonic() + randomness.uniform(0, 0.2))
        assert process.returncode == -signal.SIGKILL
        for line in output.decode().splitlines(keepends=True):
            if line.endswith("\n"):
                what, name = line.split()
                (accepted if what == "accepted" else ended).add(name)
    check_all_there(tmp_path, accepted, ended)
    assert numbers == sorted(set(numbers))


def check_all_there(directory: Path, accepted: set[str], ended: set[str]) -> None:
    async def read() -> dict[str, Any]:
        ids = [job.id for job in (await store.jobs(states={"queued", "succeeded"}, limit=100_000))[0]]
        found = [details for job_id in ids if (details := await store.details(job_id)) is not None]
        assert [details.job.id for details in found] == [
            next(iter(details.prompt.values()))["class_type"] for details in found
        ]
        return {details.job.id: details for details in found}

    store = Store.open(directory)
    assert store.notices == []
    found = asyncio.run(read())
    store.close()
    assert accepted
    assert accepted <= set(found)
    assert {name for name in ended if found[name].result is None} == set()
    assert len({details.job.position for details in found.values()}) == len(found)
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
