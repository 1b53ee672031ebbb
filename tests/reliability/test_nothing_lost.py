"""Nothing that was accepted is lost: kills, orderly ends, full and read-only disks, damaged files, second servers."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from engine.jobs.job import MAX_DEATHS
from engine.jobs.store import Store
from tests.engine.server.real import RealServer
from tests.reliability.disks import Disk, small_disk
from tests.reliability.driving import (
    add_pack,
    assert_next_runs,
    graph,
    lives,
    run,
    strict_json,
    submit,
    wait_for_state,
    wait_until,
)
from tests.reliability.kills import kill_again_and_again


def test_ten_kills_at_random_moments_under_load(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    found = kill_again_and_again(tmp_path, 10, random.Random(seed))
    assert (found.lost, found.repeated_unmarked) == ([], []), seed
    assert (found.damaged, found.torn) == ([], []), seed
    assert len(found.accepted) > 10
    assert set(found.accepted) <= {*found.marks, *found.given_up}
    assert found.pictures >= len(found.accepted) - len(found.given_up)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_end_parks_what_runs_and_keeps_what_waits(tmp_path: Path, number: signal.Signals) -> None:
    """One job runs and ten wait; afterwards the one that ran is first and marked, the others are in their order."""
    add_pack(tmp_path)
    flag = tmp_path / "flag"
    with RealServer(tmp_path, "--shutdown-grace", "1") as server:
        running = submit(server, graph(("Slow", {"seconds": 600.0, "flag": str(flag)})))
        waiting = [submit(server, graph(("Fine", {"text": str(place)}))) for place in range(10)]
        wait_until(flag.exists)
        began = time.monotonic()
        assert server.stop(number) == 0
        assert time.monotonic() - began < 15
        wait_until(lambda: not lives(int(flag.read_text())))
    if number is signal.SIGINT:
        return
    flag.unlink()
    with RealServer(tmp_path, "--interrupt-grace", "0.2") as server:
        wait_until(flag.exists)
        queue = server.get("/queue")
        assert [item[1] for item in queue["queue_running"]] == [running]
        assert [item[1] for item in queue["queue_pending"]] == waiting
        assert server.get(f"/api/v1/jobs/{running}")["restarted"]
        server.post("/interrupt", {"prompt_id": running})
        for job_id in waiting:
            job = wait_for_state(server, job_id, "succeeded", "failed", "cancelled")
            assert (job["state"], job["restarted"]) == ("succeeded", False)
        assert wait_for_state(server, running, "cancelled")


def test_who_is_told_twice_to_stop_loses_nothing_either(tmp_path: Path) -> None:
    """As often as the user likes: no run died of itself."""
    add_pack(tmp_path)
    flag = tmp_path / "flag"
    job_id = ""
    for _ in range(MAX_DEATHS):
        with RealServer(tmp_path, "--shutdown-grace", "600") as server:
            job_id = job_id or submit(server, graph(("Slow", {"seconds": 600.0, "flag": str(flag)})))
            # It is there a moment before anything is written into it.
            wait_until(lambda: flag.exists() and flag.read_text() != "")
            pid = int(flag.read_text())
            flag.unlink()
            while not any("Stopping at once" in line for line in server.lines):  # two at once may count as one
                server.process.send_signal(signal.SIGINT)
                time.sleep(0.5)
            assert server.process.wait(60) == 0, server.lines
            wait_until(lambda pid=pid: not lives(pid))
    store = Store.open(tmp_path / "user")
    (job,) = store.unfinished()
    assert (job.id, job.state, job.restarted, job.deaths) == (job_id, "queued", True, 0)
    store.close()


def test_a_job_that_takes_the_server_with_it_is_tried_three_times(tmp_path: Path) -> None:
    add_pack(tmp_path)
    with RealServer(tmp_path) as server:
        server.post("/api/v1/queue/pause", {})
        bad = submit(server, graph(("Parricide", {"text": ""})))
        good = submit(server, graph(("Fine", {})))
        server.post("/api/v1/queue/resume", {})
        assert server.process.wait(60) == -signal.SIGKILL
    for deaths in (1, 2):
        with RealServer(tmp_path) as server:
            assert server.process.wait(60) == -signal.SIGKILL, deaths
    with RealServer(tmp_path) as server:
        assert wait_for_state(server, good, "succeeded", "failed")["state"] == "succeeded"
        job = server.get(f"/api/v1/jobs/{bad}")
        assert (job["state"], job["restarted"]) == ("failed", True)
        assert "'1' (Parricide)" in job["error"]["message"]
        assert server.get(f"/history/{bad}")[bad]["status"]["status_str"] == "error"


# -- disks -----------------------------------------------------------------------------------------------------------

PICTURE = (("Noise", {"size": 1200}), ("SaveImage", {"images": ["1", 0], "filename_prefix": "disk"}))
"""Some four MiB."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


def test_a_disk_for_results_that_is_full_or_read_only(tmp_path: Path, disk: Disk) -> None:
    """The run that needed it fails and says so, nothing half-written lies there, all others go on."""
    add_pack(tmp_path)
    with RealServer(tmp_path, "--output-directory", str(disk.path)) as server:
        assert_next_runs(server)
        disk.fill(server.process.pid)
        job = run(server, graph(*PICTURE))
        assert job["state"] == "failed"
        assert "'2' (SaveImage)" in job["error"]["message"]
        assert str(disk.path) not in json.dumps(job)
        assert [path.name for path in disk.path.iterdir() if path.name != "filler"] == []
        assert_next_runs(server)
        disk.free(server.process.pid)

        disk.make_read_only()
        job = run(server, graph(*PICTURE))
        assert job["state"] == ("failed" if _is_read_only(disk) else "succeeded")
        disk.make_writable()
        assert_next_runs(server)

        assert run(server, graph(*PICTURE))["state"] == "succeeded"
        (*_, path) = sorted(disk.path.glob("*.png"))
        with Image.open(path) as picture:
            picture.load()


def _is_read_only(disk: Disk) -> bool:
    try:
        (disk.path / "try").touch()
    except OSError:
        return True
    (disk.path / "try").unlink()
    return False


def test_a_disk_for_jobs_that_is_full(tmp_path: Path, disk: Disk) -> None:
    """What cannot be written is refused, in words; what was accepted before still runs and is there afterwards."""
    add_pack(tmp_path)
    large = {"prompt": graph(("Fine", {"text": "large"})), "extra_data": {"extra_pnginfo": {"note": "x" * 2**20}}}
    with RealServer(tmp_path, "--user-directory", str(disk.path)) as server:
        kept = submit(server, graph(("Fine", {"text": "before"})))
        assert wait_for_state(server, kept, "succeeded")
        disk.fill(server.process.pid)
        status, body = server.ask("/prompt", large)
        assert status == 507, body
        error = strict_json(body)["error"]
        assert error["type"] == "store_error"
        assert str(disk.path) not in error["message"]
        assert server.ask("/settings/one", "x" * 2**20)[0] in (413, 507)
        assert server.ask("/userdata/large.json", {"note": "x" * 2**20})[0] == 507
        assert server.get("/queue") == {"queue_running": [], "queue_pending": []}
        assert [*server.get("/history")] == [kept]

        disk.free(server.process.pid)
        after = server.post("/prompt", large)["prompt_id"]
        assert wait_for_state(server, after, "succeeded")
        server.process.kill()
    with RealServer(tmp_path, "--user-directory", str(disk.path)) as server:
        assert set(server.get("/history")) == {kept, after}


# -- ids and files ---------------------------------------------------------------------------------------------------


def test_two_jobs_never_share_an_id(server: RealServer) -> None:
    """The same again is the same job; anything else under its id is refused, whatever number it has."""
    prompt = graph(("Fine", {"text": "one"}))
    first = server.post("/prompt", {"prompt": prompt, "prompt_id": "one-id", "number": 3})
    assert server.post("/prompt", {"prompt": prompt, "prompt_id": "one-id", "number": 3})["prompt_id"] == "one-id"
    other = {"prompt": graph(("Fine", {"text": "other"})), "prompt_id": "one-id", "number": first["number"]}
    status, body = server.ask("/prompt", other)
    assert (status, strict_json(body)["error"]["type"]) == (409, "prompt_id_in_use")
    assert wait_for_state(server, "one-id", "succeeded", "failed")["state"] == "succeeded"
    assert server.ask("/prompt", other)[0] == 409
    assert server.get("/history/one-id")["one-id"]["prompt"][2] == prompt
    same_number = [server.post("/prompt", {"prompt": prompt, "number": 3})["prompt_id"] for _ in range(3)]
    assert len({*same_number, "one-id"}) == 4


def test_a_damaged_database_is_set_aside_and_the_server_starts(tmp_path: Path) -> None:
    add_pack(tmp_path)
    with RealServer(tmp_path) as server:
        jobs = [submit(server, graph(("Fine", {"text": str(place)}))) for place in range(5)]
        for job_id in jobs:
            wait_for_state(server, job_id, "succeeded")
        assert server.stop() == 0
    (file,) = (tmp_path / "user").glob("jobs.sqlite3")
    data = bytearray(file.read_bytes())
    chance = random.Random(7)
    for _ in range(200):
        data[chance.randrange(100, len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)
    with RealServer(tmp_path) as server:
        assert_next_runs(server)
        assert any("damaged" in line for line in server.lines), server.lines
    (aside,) = (tmp_path / "user").glob("jobs.damaged-*")
    assert aside.read_bytes() == bytes(data)
