"""All workers together: questions to them, memory, devices, jobs that go where their models are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import WorkerUnavailable
from engine.jobs.events import (
    JobStarted,
)
from engine.workers.crew import spread_devices
from engine.workers.messages import DeviceInfo, Ready, Validation
from tests.engine.workers.stage import Stage, assert_others_go_on

# -- validation by nodes -----------------------------------------------------------------------------------------------


def _validate(stage: Stage, how: str) -> Validation:
    prompt = f'{{"1": {{"class_type": "Choosy", "inputs": {{"how": "{how}"}}}}}}'
    return stage.do(stage.dispatcher.validate(prompt.encode()))


def test_nodes_have_their_say(stage: Stage) -> None:
    stage.do(stage.dispatcher.catalog.ready(60))
    assert stage.dispatcher.catalog.asked_in_worker == {"Choosy"}
    assert _validate(stage, "fine").targets == ("1",)
    refused = _validate(stage, "bad")
    assert refused.refused == ("1",)
    assert "how cannot be 'bad'" in refused.errors[0].message


def test_a_crash_while_validating_is_the_answer_and_costs_no_other_prompt(stage: Stage, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    job_id = stage.submit(("Wait", {"seconds": 1.5, "flag": str(flag)}))
    stage.wait_until(flag.exists)
    with pytest.raises(WorkerUnavailable, match="SIGSEGV"):
        _validate(stage, "crash")
    job = stage.outcome(job_id)
    assert (job.state, job.restarted, job.deaths) == ("succeeded", True, 1)


# -- memory, start, several workers, stop ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One whose worker may take and wait little."""
    stage = Stage(tmp_path_factory.mktemp("strict"), worker_memory_limit_bytes=1 << 30, validate_timeout_s=1.0)
    yield stage
    stage.close()


def test_memory_beyond_the_limit_fails_the_run(strict: Stage) -> None:
    job = strict.run(("Eat", {"mebibytes": 930, "in_child": True}))
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.type == "worker_killed"
    assert "node '1' (Eat)" in job.error.message
    assert "the limit is 1.0 GiB (--worker-memory-limit)" in job.error.message
    assert_others_go_on(strict)


def test_who_holds_what_is_told(strict: Stage) -> None:
    strict.pid()
    [(number, report)] = strict.do(strict.dispatcher.memory())
    assert number == 0
    assert report is not None
    assert report.process_bytes > 0


def test_a_worker_in_which_a_validation_hangs_is_replaced(strict: Stage) -> None:
    pid = strict.pid()
    with pytest.raises(WorkerUnavailable, match="not validated in 1 second"):
        _validate(strict, "hang")
    strict.wait_until(lambda: strict.call(strict.dispatcher.workers)[0].pid != pid)
    assert_others_go_on(strict)


def test_a_run_beside_a_validation_that_hangs_goes_on(strict: Stage, tmp_path: Path) -> None:
    pid, flag = strict.pid(), tmp_path / "flag"
    job_id = strict.submit(("Wait", {"seconds": 2.5, "flag": str(flag)}))
    strict.wait_until(flag.exists)
    with pytest.raises(WorkerUnavailable, match="not validated in 1 second"):
        _validate(strict, "hang")
    assert strict.call(strict.dispatcher.workers)[0].pid == pid
    job = strict.outcome(job_id)
    assert (job.state, job.restarted) == ("succeeded", False)
    strict.wait_until(lambda: strict.call(strict.dispatcher.workers)[0].pid != pid)
    assert_others_go_on(strict)


def test_a_worker_that_cannot_start_is_told_with_the_reason(tmp_path: Path) -> None:
    stage = Stage(tmp_path, node_packages=("tests.engine.workers.no_such_package",))
    with pytest.raises(WorkerUnavailable, match="no_such_package"):
        stage.do(stage.dispatcher.catalog.ready(30))
    stage.wait_until(lambda: stage.call(stage.dispatcher.workers)[0].state == "dead")
    status = stage.call(stage.dispatcher.workers)[0]
    assert status.deaths >= 2
    assert status.failure is not None
    assert "no_such_package" in status.failure
    with pytest.raises(WorkerUnavailable, match="no_such_package"):
        stage.do(stage.dispatcher.validate(b"{}"))
    job_id = stage.submit(("Show", {}))
    assert stage.call(stage.dispatcher.pending_ids) == [job_id]
    stage.close()


def test_jobs_go_where_their_models_are(tmp_path: Path) -> None:
    stage = Stage(tmp_path, workers=2)
    stage.wait_until(lambda: [status.state for status in stage.call(stage.dispatcher.workers)] == ["idle", "idle"])

    def where(name: str) -> int:
        job_id = stage.submit(("Pick", {"name": name, "seconds": 0.0}))
        started = stage.wait_for(job_id, JobStarted).event
        stage.wait_for(job_id)
        stage.wait_until(lambda: all(status.state == "idle" for status in stage.call(stage.dispatcher.workers)))
        assert isinstance(started, JobStarted)
        return started.worker

    homes = {name: where(name) for name in ("a.safetensors", "b.safetensors")}
    assert set(homes.values()) == {0, 1}
    for name in ("b.safetensors", "a.safetensors", "a.safetensors", "b.safetensors"):
        assert where(name) == homes[name]
    first = stage.submit(("Pick", {"name": "a.safetensors", "seconds": 1.0}))
    second = stage.submit(("Pick", {"name": "a.safetensors", "seconds": 1.1}))
    both = [stage.wait_for(job_id, JobStarted).event for job_id in (first, second)]
    assert {event.worker for event in both if isinstance(event, JobStarted)} == {0, 1}  # nobody waits for a better one
    stage.close()


def test_workers_take_the_devices_in_turn_that_of_the_first_one_first() -> None:
    def ready(own: str, *accelerators: str) -> Ready:
        kind, _, index = own.partition(":")
        device = DeviceInfo(
            name=own,
            type=kind,
            index=int(index) if index else None,
            memory_total=1,
            memory_free=1,
            torch_memory_total=1,
            torch_memory_free=1,
        )
        return Ready(declarations=(), versions={}, devices=(device,), accelerators=accelerators)

    several = ready("cuda:1", "cuda:0", "cuda:1", "cuda:2")
    assert spread_devices("auto", several) == ["cuda:1", "cuda:0", "cuda:2"]
    assert spread_devices("cuda:1", several) == ["cuda:1"]
    assert spread_devices("cuda:2,cuda:0", several) == ["cuda:2", "cuda:0"]
    assert spread_devices("auto", ready("cuda:0", "cuda:0")) == ["auto"]
    assert spread_devices("auto", ready("cpu")) == ["auto"]
