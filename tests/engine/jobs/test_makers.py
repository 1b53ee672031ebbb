"""Which job a file leads to: the one that wrote it, whatever jobs showed it since."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from engine.jobs.database import FILE_NAME, connect
from engine.jobs.rows import encode_result
from engine.jobs.schema import MIGRATIONS
from engine.jobs.store import Store
from tests.engine.jobs.samples import Opener, result_with, submission

FILE = ("output", "", "a.png")
BEFORE_MAKERS = 2
"""So many steps led to files of which no asset says whether its node ran."""


def shown(filename: str = "a.png", node_id: str = "9") -> dict[str, dict[str, list[Any]]]:
    return {node_id: {"images": [{"filename": filename, "subfolder": "", "type": "output"}]}}


async def run(
    store: Store, name: str, at: float, *, cached: bool = False, filename: str = "a.png", node_id: str = "9"
) -> None:
    """A job that begins at this time, takes a second, and shows one file."""
    job = await store.add(submission(name))
    ended = msgspec.structs.replace(job, state="succeeded", started_at=at, finished_at=at + 1)
    await store.save(ended, result_with(shown(filename, node_id), cached=cached))


async def maker(store: Store, **asked: Any) -> str | None:
    asset = await store.maker_of(*FILE, **asked)
    return None if asset is None else asset.job_id


async def listed(store: Store, **asked: Any) -> list[str]:
    """The jobs that the files of a list lead to."""
    assets, total = await store.assets(**asked)
    assert total == len(assets)
    return [asset.made.job_id for asset in assets]


def with_store(opener: Opener, check: Callable[[Store], Awaitable[None]]) -> None:
    with closing(opener()) as store:

        async def work() -> None:
            await check(store)

        asyncio.run(work())


def test_a_file_that_is_shown_again_belongs_to_the_job_that_wrote_it(opener: Opener) -> None:
    async def check(store: Store) -> None:
        await run(store, "wrote", 10)
        await run(store, "again", 20, cached=True, node_id="12")
        await run(store, "once more", 30, cached=True)
        await run(store, "other", 40, filename="b.png")
        assert await maker(store) == "wrote"
        assert await listed(store) == ["other", "wrote"]
        assert await listed(store, node_id="12") == []
        assert await listed(store, job_id="again") == ["wrote"]
        assert await listed(store, job_id="again", node_id="12") == ["wrote"]
        ((shown_again,), _) = await store.assets(job_id="once more")
        assert (shown_again.job_id, shown_again.cached, shown_again.created_at) == ("once more", True, 31)
        assert (shown_again.made.job_id, shown_again.made.cached, shown_again.made.created_at) == ("wrote", False, 11)
        assert await store.asset(shown_again.id) == shown_again
        assert await store.asset(shown_again.made.id) == shown_again.made

    with_store(opener, check)


def test_a_file_that_is_written_anew_belongs_to_the_later_job(opener: Opener) -> None:
    async def check(store: Store) -> None:
        await run(store, "wrote", 10)
        await run(store, "again", 20, cached=True)
        await run(store, "anew", 30)
        await run(store, "and again", 40, cached=True)
        assert await maker(store) == "anew"
        assert await listed(store) == ["anew"]
        assert await listed(store, job_id="wrote") == ["wrote"]
        assert await listed(store, job_id="again") == ["wrote"]
        assert await listed(store, job_id="and again") == ["anew"]
        ((later,), _) = await store.assets(job_id="anew")
        assert await maker(store, before=later) == "wrote"
        ((first,), _) = await store.assets(job_id="wrote")
        assert await maker(store, before=first) is None

    with_store(opener, check)


def test_a_job_that_began_after_the_file_was_written_only_shows_it(opener: Opener) -> None:
    """Nodes of packs show files that they load; that they ran does not make them theirs."""

    async def check(store: Store) -> None:
        await run(store, "wrote", 10)
        await run(store, "loads", 20)
        assert await maker(store, modified=10.5) == "wrote"
        assert await maker(store, modified=20.5) == "loads"
        assert await maker(store, modified=99.0) == "loads"
        # Times of files lie a little behind the clock: it was written by the job that began at this moment.
        assert await maker(store, modified=19.995) == "loads"
        assert await maker(store, modified=1.0) is not None  # a copy, or a clock that was set

    with_store(opener, check)


def test_of_jobs_that_are_left_the_first_stands_for_the_one_that_was_deleted(opener: Opener) -> None:
    async def check(store: Store) -> None:
        await run(store, "wrote", 10)
        for at, name in enumerate(("first", "second", "third")):
            await run(store, name, 20 + at, cached=True)
        await store.delete(["wrote"])
        assert await maker(store) == "first"
        assert await listed(store) == ["first"]
        assert await listed(store, job_id="third") == ["first"]
        await store.delete(["first"])
        assert await listed(store) == ["second"]
        await store.delete(None)
        assert await maker(store) is None

    with_store(opener, check)


def older_file(path: Path) -> None:
    """A file as it was before: jobs with their results, and assets that say nothing of whether their nodes ran."""
    with closing(connect(path)) as connection:
        connection.execute("DROP INDEX assets_place")
        connection.execute("ALTER TABLE assets DROP COLUMN cached")
        connection.execute(f"PRAGMA user_version = {BEFORE_MAKERS}")


def test_an_older_file_is_read_as_it_is(tmp_path: Path) -> None:
    """Its results say which nodes ran. Those that cannot be read any more keep nobody from the rest."""

    async def fill() -> None:
        await run(store, "wrote", 10, node_id='a "node" of $.x')
        await run(store, "again", 20, cached=True, node_id='a "node" of $.x')
        for number in range(6):
            await run(store, f"odd {number}", 30, cached=True, filename=f"{number}.png")

    store = Store.open(tmp_path)
    asyncio.run(fill())
    odd: list[object] = [
        '{"nodes": {"9": {"cached"',
        b"\x00\xff",
        '{"nodes": {"9": "text"}}',
        '{"nodes": [7]}',
        5,
        "[]",
    ]
    for number, result in enumerate(odd):
        job = "(SELECT n FROM jobs WHERE id = ?)"
        store._connection.execute(f"UPDATE results SET result = ? WHERE job = {job}", (result, f"odd {number}"))
    store.close()
    older_file(tmp_path / FILE_NAME)
    store = Store.open(tmp_path)
    assert not store.notices
    assert asyncio.run(maker(store)) == "wrote"
    assert asyncio.run(listed(store, job_id="again")) == ["wrote"]
    assert asyncio.run(listed(store)) == [*(f"odd {number}" for number in reversed(range(6))), "wrote"]
    store.close()


def test_steps_lead_to_what_a_new_file_has(tmp_path: Path) -> None:
    def schema_of(directory: Path) -> set[tuple[str, ...]]:
        with closing(connect(directory / FILE_NAME)) as connection:
            columns = connection.execute("PRAGMA table_info(assets)").fetchall()
            indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'").fetchall()
            assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
            return {tuple(map(str, row)) for row in [*columns, *indexes]}

    for name in ("old", "new"):
        Store.open(tmp_path / name).close()
    older_file(tmp_path / "old" / FILE_NAME)
    Store.open(tmp_path / "old").close()
    assert schema_of(tmp_path / "old") == schema_of(tmp_path / "new")


def test_assets_of_a_damaged_older_file_are_carried_over(tmp_path: Path) -> None:
    """Also where the step that looks into results fails."""
    store = Store.open(tmp_path)

    async def fill() -> None:
        for number in range(40):
            await run(store, f"j{number}", number, filename=f"{number}.png")

    asyncio.run(fill())
    large = encode_result(result_with({"9": {"text": ["x" * 20_000]}}))
    store._connection.execute("UPDATE results SET result = CAST(? AS TEXT) WHERE job = 20", (large,))
    store.close()
    path = tmp_path / FILE_NAME
    older_file(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root, size = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = 'results'"
        ).fetchone()
    data = bytearray(path.read_bytes())
    data[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(data)
    store = Store.open(tmp_path)
    assert "40 jobs could be read" in store.notices[0]
    assert len(asyncio.run(listed(store))) == 40
    store.close()
