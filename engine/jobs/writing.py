"""What is written to the file of jobs: each function is part of an action of the writer, inside its transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from engine.errors import JobConflict
from engine.jobs.job import ENDED, Asked, Job, JobResult, Submission
from engine.jobs.rows import (
    JOB_COLUMNS,
    LARGE_BYTES,
    TEXT_COLUMNS,
    assets_in,
    canonical,
    checksum_of,
    encode_object,
    encode_result,
    job_of,
)
from engine.jobs.schema import FINISHED_KEY, NOT_FINISHED


class Accepted(NamedTuple):
    """Answer to a submission. Not `is_new`: the job was accepted before, and this submission repeats it."""

    job: Job
    is_new: bool


def accept(connection: sqlite3.Connection, submission: Submission) -> Accepted:
    """Store a new job, or find the one that this submission repeats.

    Raises:
        JobConflict: Its id or key is in use for something else.
    """
    asked = Asked(
        encode_object(submission.prompt), encode_object(submission.extra_data), msgspec.json.encode(submission.targets)
    )
    rows = connection.execute(
        f"SELECT {JOB_COLUMNS}, n FROM jobs WHERE id = ? OR idempotency_key = ?",
        (submission.id, submission.idempotency_key),
    ).fetchall()
    if rows:
        earlier = job_of(rows[0])
        if len(rows) > 1 or not _repeats(connection, rows[0][-1], asked):
            what = "id" if any(row[0] == submission.id for row in rows) else "idempotency key"
            name = submission.id if what == "id" else submission.idempotency_key
            raise JobConflict(
                f"Another job, which is {earlier.state}, has the {what} {name!r} and asks for something else:"
                f" give this one an {what} of its own."
            )
        return Accepted(earlier, False)
    (last,) = connection.execute("SELECT MAX(seq) FROM sqlite_sequence WHERE name = 'jobs'").fetchone()
    n = (last or 0) + 1
    number = submission.number
    if number is None:
        number = -n if submission.front else n
    job = Job(
        id=submission.id,
        state="queued",
        number=float(number),
        position=float(n),
        client_id=submission.client_id,
        name=submission.name,
        created_at=time.time(),
    )
    connection.execute(
        "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, NULL, NULL, 0, 0, NULL, ?)",
        (
            n,
            job.id,
            submission.idempotency_key,
            job.state,
            job.number,
            job.position,
            job.client_id,
            asked.targets,
            job.created_at,
            job.name,
        ),
    )
    connection.execute(
        "INSERT INTO prompts VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?)",
        (n, asked.prompt, asked.extra_data, checksum_of(asked.prompt, asked.extra_data)),
    )
    return Accepted(job, True)


def _repeats(connection: sqlite3.Connection, n: int, asked: Asked) -> bool:
    """Whether a submission asks for what the earlier job with its id or key was asked for."""
    query = f"SELECT {TEXT_COLUMNS} FROM jobs JOIN prompts ON prompts.job = jobs.n WHERE jobs.n = ?"
    targets, prompt, extra_data, _ = connection.execute(query, (n,)).fetchone()
    is_same = targets == asked.targets and _says_the_same(prompt, asked.prompt)
    return is_same and _says_the_same(extra_data, asked.extra_data)


def _says_the_same(old: bytes, new: bytes) -> bool:
    """Whether two texts are the same object. Large ones are not read: with them, only the same text is the same."""
    return old == new or (len(old) < LARGE_BYTES and canonical(old) == canonical(new))


def update(connection: sqlite3.Connection, job: Job) -> None:
    """Write all of a job that may change; a job that was deleted is left so."""
    finished_at = job.finished_at
    if finished_at is None and job.state in ENDED:
        finished_at = time.time()
    connection.execute(
        "UPDATE jobs SET state = ?, number = ?, position = ?, started_at = ?, finished_at = ?, deaths = ?,"
        " restarted = ?, error = CAST(? AS TEXT) WHERE id = ?",
        (
            job.state,
            job.number,
            job.position,
            job.started_at,
            finished_at,
            job.deaths,
            int(job.restarted),
            None if job.error is None else msgspec.json.encode(job.error),
            job.id,
        ),
    )


def store_result(connection: sqlite3.Connection, job: Job, result: JobResult) -> None:
    """Write what a job left, in place of what was written of it before."""
    row = connection.execute("SELECT n FROM jobs WHERE id = ?", (job.id,)).fetchone()
    if row is None:
        return
    (n,) = row
    connection.execute("INSERT OR REPLACE INTO results VALUES (?, CAST(? AS TEXT))", (n, encode_result(result)))
    connection.execute("DELETE FROM assets WHERE job = ?", (n,))
    connection.executemany(
        "INSERT INTO assets (id, job, node_id, key, place, filename, subfolder, kind, created_at, cached)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                asset.id,
                n,
                asset.node_id,
                asset.key,
                asset.index,
                asset.filename,
                asset.subfolder,
                asset.kind,
                asset.created_at,
                int(asset.cached),
            )
            for asset in assets_in(job, result)
        ),
    )


def forget_oldest(connection: sqlite3.Connection, history_limit: int) -> None:
    """Delete ended jobs beyond the limit, with all that hangs on them."""
    connection.execute(
        f"DELETE FROM jobs WHERE n IN (SELECT n FROM jobs WHERE {FINISHED_KEY} < {NOT_FINISHED}"
        f" ORDER BY {FINISHED_KEY} DESC, n DESC LIMIT -1 OFFSET ?)",
        (history_limit,),
    )


def forget(connection: sqlite3.Connection, job_ids: Iterable[str]) -> int:
    """Delete those of these jobs that have ended, with all that hangs on them. Returns how many they were."""
    query = f"DELETE FROM jobs WHERE state IN ({', '.join('?' * len(ENDED))}) AND id = ?"
    return sum(connection.execute(query, (*ENDED, job_id)).rowcount for job_id in job_ids)


def remember(connection: sqlite3.Connection, key: str, value: int) -> None:
    """Keep a number under a name."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
