"""Between the records of jobs and the rows of the file of jobs."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import msgspec

from engine.errors import StoreError
from engine.graph.patient_json import read_patiently
from engine.jobs.events import ErrorRecord, Event, JobEvent, Ui
from engine.jobs.job import Asset, Job, JobDetails, JobResult, JobTexts, NodeRecord, RunRecord

T = TypeVar("T")


class ResultParts(msgspec.Struct):
    """A `JobResult` whose outputs are still text."""

    outputs: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict[str, msgspec.Raw])
    nodes: dict[str, NodeRecord] = msgspec.field(default_factory=dict[str, NodeRecord])
    cached: tuple[str, ...] = ()
    record: RunRecord | None = None
    stopped_at: tuple[str, str] | None = None


Params = ParamSpec("Params")
JOB_COLUMNS = (
    "jobs.id, state, number, position, client_id, targets, jobs.created_at, started_at, finished_at, deaths, restarted,"
    " error"
)
DETAILS_QUERY = f"""SELECT {JOB_COLUMNS}, CAST(prompt AS BLOB), CAST(extra_data AS BLOB), checksum, CAST(result AS BLOB)
    FROM jobs JOIN prompts ON prompts.job = jobs.n LEFT JOIN results ON results.job = jobs.n WHERE """
ASSET_COLUMNS = "assets.id, jobs.id, node_id, key, place, filename, subfolder, kind, assets.created_at"
KINDS = ("output", "temp", "input")
LARGE_BYTES = 1 << 20
"""Texts beyond this are written part by part and read patiently: the codec holds the interpreter while it works."""

_decode_targets = msgspec.json.Decoder(tuple[str, ...]).decode
_decode_error = msgspec.json.Decoder(ErrorRecord).decode
_decode_event = msgspec.json.Decoder(Event).decode
_decode_result = msgspec.json.Decoder(JobResult).decode
_decode_result_parts = msgspec.json.Decoder(ResultParts).decode
_decode_ui = msgspec.json.Decoder(Ui).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def refuses_damage(convert: Callable[Params, T]) -> Callable[Params, T]:
    """Decorates what makes records of rows: where bits have rotted, values may be of any type and texts no JSON."""

    @wraps(convert)
    def checked(*arguments: Params.args, **named: Params.kwargs) -> T:
        try:
            return convert(*arguments, **named)
        except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
            raise StoreError(f"A record in the database of jobs is damaged: {error}") from error

    return checked


def encode_object(value: Mapping[str, Any] | bytes) -> bytes:
    """JSON text of an object, its members in their order; if it is one already, as it is."""
    if isinstance(value, bytes):
        return value
    if len(value) < 100:
        return msgspec.json.encode(value)
    members = (msgspec.json.encode(name) + b":" + msgspec.json.encode(member) for name, member in value.items())
    return b"{" + b",".join(members) + b"}"


def decode_object(text: bytes) -> dict[str, Any]:
    """The inverse of `encode_object`."""
    if len(text) < LARGE_BYTES:
        return _decode_object(text)
    value = read_patiently(text.decode())
    if not isinstance(value, dict):
        raise msgspec.ValidationError("Expected an object.")
    return cast("dict[str, Any]", value)


def decode_result(text: bytes) -> JobResult:
    """What a job left, of its JSON text."""
    if len(text) < LARGE_BYTES:
        return _decode_result(text)
    parts = _decode_result_parts(text)
    return JobResult(
        outputs={node_id: _decode_ui(part) for node_id, part in parts.outputs.items()},
        nodes=parts.nodes,
        cached=parts.cached,
        record=parts.record,
        stopped_at=parts.stopped_at,
    )


def canonical(text: bytes) -> bytes:
    """The same text for the same JSON object, in whatever order its members stand."""
    return msgspec.json.encode(decode_object(text), order="sorted")


def checksum_of(prompt: bytes, extra_data: bytes) -> int:
    """Of both texts as they are stored; SQLite itself does not notice when bytes of a text rot."""
    return zlib.crc32(extra_data, zlib.crc32(prompt))


@refuses_damage
def job_of(row: tuple[Any, ...]) -> Job:
    """From `JOB_COLUMNS`, whatever follows them.

    Raises:
        StoreError: It is damaged; so do the others.
    """
    id_, state, number, position, client_id, targets, created, started, finished, deaths, restarted, error = row[:12]
    return Job(
        id=id_,
        state=state,
        number=number,
        position=position,
        client_id=client_id,
        targets=_decode_targets(targets),
        created_at=created,
        started_at=started,
        finished_at=finished,
        deaths=deaths,
        restarted=bool(restarted),
        error=None if error is None else _decode_error(error),
    )


@refuses_damage
def prompt_of(job_id: str, prompt: bytes, extra_data: bytes, checksum: int) -> bytes:
    """The text of the prompt, if it is what was stored.

    Raises:
        StoreError: It is not.
    """
    if checksum_of(prompt, extra_data) != checksum:
        raise StoreError(f"The stored prompt of job {job_id} is damaged: its checksum differs.")
    return prompt


@refuses_damage
def details_of(row: tuple[Any, ...]) -> JobDetails:
    """From `DETAILS_QUERY`.

    Raises:
        StoreError: The texts are damaged.
    """
    job = job_of(row)
    prompt, extra_data, checksum, result = row[12:]
    prompt_of(job.id, prompt, extra_data, checksum)
    return JobDetails(
        job=job,
        prompt=decode_object(prompt),
        extra_data=decode_object(extra_data),
        result=None if result is None else decode_result(result),
    )


@refuses_damage
def texts_of(row: tuple[Any, ...]) -> JobTexts:
    """From `DETAILS_QUERY`, as texts.

    Raises:
        StoreError: The prompt is damaged.
    """
    job = job_of(row)
    prompt, extra_data, checksum, result = row[12:]
    return JobTexts(
        job=job, prompt=prompt_of(job.id, prompt, extra_data, checksum), extra_data=extra_data, result=result
    )


@refuses_damage
def parts_of_result(text: bytes | None) -> ResultParts:
    """What a job left, its outputs as texts; nothing of no text.

    Raises:
        StoreError: It is damaged.
    """
    return ResultParts() if text is None else _decode_result_parts(text)


@refuses_damage
def event_of(row: tuple[Any, ...]) -> JobEvent:
    """From seq, job id, client id, at, event."""
    seq, job_id, client_id, at, event = row
    return JobEvent(seq=seq, job_id=job_id, client_id=client_id, at=at, event=_decode_event(event))


@refuses_damage
def asset_of(row: tuple[Any, ...]) -> Asset:
    """From `ASSET_COLUMNS`."""
    id_, job_id, node_id, key, index, filename, subfolder, kind, created_at = row
    return Asset(
        id=id_,
        job_id=job_id,
        node_id=node_id,
        key=key,
        index=index,
        filename=filename,
        subfolder=subfolder,
        kind=kind,
        created_at=created_at,
    )


def assets_in(job: Job, result: JobResult) -> Iterator[Asset]:
    """Every file that the nodes of a run showed; ids are the same each time."""
    created_at = job.finished_at if job.finished_at is not None else job.created_at
    for node_id, ui in result.outputs.items():
        for key, values in ui.items():
            for index, value in enumerate(values):
                if not isinstance(value, dict):
                    continue
                entry = cast("dict[str, Any]", value)
                filename, subfolder = entry.get("filename"), entry.get("subfolder", "")
                kind = entry.get("type", "output")
                if not (isinstance(filename, str) and filename and isinstance(subfolder, str) and kind in KINDS):
                    continue
                lineage = msgspec.json.encode((job.id, node_id, key, index))
                yield Asset(
                    id=hashlib.blake2b(lineage, digest_size=16).hexdigest(),
                    job_id=job.id,
                    node_id=node_id,
                    key=key,
                    index=index,
                    filename=filename,
                    subfolder=subfolder,
                    kind=kind,
                    created_at=created_at,
                )
