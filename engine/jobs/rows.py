"""Between the records of jobs and the rows of the file of jobs."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import msgspec

from engine.errors import StoreError
from engine.files import FOLDERS
from engine.graph.patient_json import read_patiently
from engine.jobs.events import ErrorRecord, Event, JobEvent, Ui
from engine.jobs.job import Asked, Asset, Job, JobDetails, JobResult, JobTexts, NodeRecord, RunRecord

T = TypeVar("T")


class ResultParts(msgspec.Struct):
    """A `JobResult` whose outputs are still text."""

    outputs: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict[str, msgspec.Raw])
    nodes: dict[str, NodeRecord] = msgspec.field(default_factory=dict[str, NodeRecord])
    cached: tuple[str, ...] = ()
    record: RunRecord | None = None
    stopped_at: tuple[str, str] | None = None


class _ResultTexts(msgspec.Struct):
    """A `JobResult` of which all that grows with the workflow is still text."""

    outputs: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict[str, msgspec.Raw])
    nodes: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict[str, msgspec.Raw])
    cached: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"[]"))
    record: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"null"))
    stopped_at: tuple[str, str] | None = None


Params = ParamSpec("Params")
JOB_COLUMNS = (
    "jobs.id, state, number, position, client_id, jobs.created_at, started_at, finished_at, deaths, restarted, error,"
    " name"
)
JOB_WIDTH = 12
TEXT_COLUMNS = "CAST(targets AS BLOB), CAST(prompt AS BLOB), CAST(extra_data AS BLOB), checksum"
DETAILS_QUERY = f"""SELECT {JOB_COLUMNS}, {TEXT_COLUMNS}, CAST(result AS BLOB)
    FROM jobs JOIN prompts ON prompts.job = jobs.n LEFT JOIN results ON results.job = jobs.n WHERE """
_ASSET_COLUMNS = (
    "{0}.id, {0}_job.id, {0}.node_id, {0}.key, {0}.place, {0}.filename, {0}.subfolder, {0}.kind, {0}.created_at,"
    " {0}.cached"
)
ASSET_WIDTH = 10
SAME_PLACE = "{0}.filename = asset.filename AND {0}.subfolder = asset.subfolder AND {0}.kind = asset.kind"
"""That another row is of the same file as `asset`."""
ASSETS_QUERY = f"""SELECT {_ASSET_COLUMNS.format("asset")}, {_ASSET_COLUMNS.format("maker")}
    FROM assets AS asset JOIN jobs AS asset_job ON asset_job.n = asset.job
    LEFT JOIN assets AS maker ON maker.n = CASE asset.cached WHEN 1 THEN COALESCE(
        (SELECT MAX(writer.n) FROM assets AS writer
            WHERE {SAME_PLACE.format("writer")} AND writer.n < asset.n AND writer.cached = 0),
        (SELECT MIN(earliest.n) FROM assets AS earliest WHERE {SAME_PLACE.format("earliest")})
    ) END
    LEFT JOIN jobs AS maker_job ON maker_job.n = maker.job WHERE """
"""Assets, each followed by that of the job that wrote the file, where it is one that shows it again."""
LARGE_BYTES = 1 << 20
"""Texts beyond this are written part by part and read patiently: the codec holds the interpreter while it works."""

decode_targets = msgspec.json.Decoder(tuple[str, ...]).decode
_decode_error = msgspec.json.Decoder(ErrorRecord).decode
_decode_event = msgspec.json.Decoder(Event).decode
_decode_result = msgspec.json.Decoder(JobResult).decode
_decode_result_parts = msgspec.json.Decoder(ResultParts).decode
_decode_result_texts = msgspec.json.Decoder(_ResultTexts).decode
_decode_ui = msgspec.json.Decoder(Ui).decode
_decode_node = msgspec.json.Decoder(NodeRecord).decode
_decode_record = msgspec.json.Decoder(RunRecord | None).decode
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


def encode_result(result: JobResult) -> bytes:
    """JSON text of what a job left, written part by part where it grows with the workflow."""
    record = b"null" if result.record is None else _encode_fields(result.record)
    return _encode_fields(msgspec.structs.replace(result, record=None), record=record)


def _encode_fields(struct: msgspec.Struct, **written: bytes) -> bytes:
    """JSON text of a record; `written`: fields whose texts are there."""
    members: list[bytes] = []
    for name in struct.__struct_fields__:
        text = written.get(name)
        if text is None:
            value: Any = getattr(struct, name)
            text = encode_object(cast("dict[str, Any]", value)) if isinstance(value, dict) else None
            text = msgspec.json.encode(value) if text is None else text
        members.append(b'"%b":%b' % (name.encode(), text))
    return b"{" + b",".join(members) + b"}"


def decode_result(text: bytes) -> JobResult:
    """What a job left, of its JSON text."""
    if len(text) < LARGE_BYTES:
        return _decode_result(text)
    texts = _decode_result_texts(text)
    return JobResult(
        outputs={node_id: _decode_ui(part) for node_id, part in texts.outputs.items()},
        nodes={node_id: _decode_node(part) for node_id, part in texts.nodes.items()},
        cached=decode_targets(texts.cached),
        record=_decode_record(texts.record),
        stopped_at=texts.stopped_at,
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
    id_, state, number, position, client_id, created, started, finished, deaths, restarted, *rest = row[:JOB_WIDTH]
    error, name = rest
    return Job(
        id=id_,
        state=state,
        number=number,
        position=position,
        client_id=client_id,
        name=name,
        created_at=created,
        started_at=started,
        finished_at=finished,
        deaths=deaths,
        restarted=bool(restarted),
        error=None if error is None else _decode_error(error),
    )


@refuses_damage
def asked_of(job_id: str, targets: bytes, prompt: bytes, extra_data: bytes, checksum: int) -> Asked:
    """From a job's id and `TEXT_COLUMNS`.

    Raises:
        StoreError: They are not what was stored.
    """
    if checksum_of(prompt, extra_data) != checksum:
        raise StoreError(f"The stored prompt of job {job_id} is damaged: its checksum differs.")
    decode_targets(targets)
    return Asked(prompt, extra_data, targets)


@refuses_damage
def details_of(row: tuple[Any, ...]) -> JobDetails:
    """From `DETAILS_QUERY`.

    Raises:
        StoreError: The texts are damaged.
    """
    job = job_of(row)
    targets, prompt, extra_data, checksum, result = row[JOB_WIDTH:]
    asked_of(job.id, targets, prompt, extra_data, checksum)
    return JobDetails(
        job=job,
        targets=decode_targets(targets),
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
    *texts, result = row[JOB_WIDTH:]
    prompt, extra_data, targets = asked_of(job.id, *texts)
    return JobTexts(job=job, targets=targets, prompt=prompt, extra_data=extra_data, result=result)


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
    """From `ASSETS_QUERY`."""
    asset, maker = row[:ASSET_WIDTH], row[ASSET_WIDTH:]
    is_its_own = maker[0] is None or maker[0] == asset[0]
    return _asset_of(asset, None if is_its_own else _asset_of(maker))


def _asset_of(row: tuple[Any, ...], maker: Asset | None = None) -> Asset:
    id_, job_id, node_id, key, index, filename, subfolder, kind, created_at, cached = row
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
        cached=bool(cached),
        maker=maker,
    )


def assets_in(job: Job, result: JobResult) -> Iterator[Asset]:
    """Every file that the nodes of a run showed; ids are the same each time."""
    created_at = job.finished_at if job.finished_at is not None else job.created_at
    for node_id, ui in result.outputs.items():
        record = result.nodes.get(node_id)
        for key, values in ui.items():
            for index, value in enumerate(values):
                if not isinstance(value, dict):
                    continue
                entry = cast("dict[str, Any]", value)
                filename, subfolder = entry.get("filename"), entry.get("subfolder", "")
                kind = entry.get("type", "output")
                if not (isinstance(filename, str) and filename and isinstance(subfolder, str) and kind in FOLDERS):
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
                    cached=record is not None and record.cached,
                )
