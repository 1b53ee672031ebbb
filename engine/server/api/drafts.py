"""Drafts: what the canvas has open and has not saved, kept on the server as well as in the browser."""

from __future__ import annotations

import gzip
import json
import zlib
from functools import partial
from typing import Annotated, Any

import msgspec
from aiohttp import hdrs, web
from msgspec import Meta, Struct, field
from msgspec.structs import asdict

from engine.graph.json_values import show
from engine.server.api.events import OPEN_WINDOWS
from engine.server.api.reading import convert_body
from engine.server.api.records import ShortText
from engine.server.api.route import Answer, Reader, Refused, Reply, route
from engine.server.bodies import parse_json, read_body
from engine.server.canvas.drafts import Draft, delete_draft, list_drafts, read_draft, store_draft, take_draft
from engine.server.canvas.state import CANVAS
from engine.server.keys import HEAVY
from engine.server.pieces import Pieces
from engine.server.refusal import Refusal, too_large
from engine.server.work import Body, Known, Work

_ETAG = {"ETag": "The revision of the draft, in quotes."}
_PACKED = "application/gzip"
_GZIP = zlib.MAX_WBITS + 16
_BODY: dict[str, Any] = {"$ref": "#/components/schemas/DraftRequest"}
_PACKED_BODY: dict[str, Any] = {
    "type": "string",
    "contentMediaType": _PACKED,
    "description": "The same JSON, packed by gzip.",
}
_DraftId = Annotated[str, Meta(min_length=1, max_length=200)]


class DraftPath(Struct, frozen=True, kw_only=True):
    """Which draft.

    Attributes:
        draft_id: As the client names it, such as a UUID.
    """

    draft_id: _DraftId


class DraftChange(DraftPath, frozen=True, kw_only=True):
    """Which draft, and what must be there.

    Attributes:
        if_match: The revision, in quotes, that the change is based on: it is refused if another one is there. Where no
            draft is there, it is stored all the same.
    """

    if_match: Annotated[str | None, Meta(extra={"in": "header"})] = field(default=None, name="If-Match")


class DraftRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that is not saved.

    Attributes:
        document: The document, as it would be saved.
        name: What the user sees it as.
        file: The workflow file that it is of.
        base: The revision of that file that was opened.
        window: The browser window that has it open.
    """

    document: dict[str, Any]
    name: ShortText = ""
    file: ShortText | None = None
    base: ShortText | None = None
    window: ShortText | None = None


class DraftDetails(Draft, frozen=True, kw_only=True):
    """A draft with its document.

    Attributes:
        document: As it was stored.
    """

    document: dict[str, Any]


class ListedDraft(Draft, frozen=True, kw_only=True):
    """A draft without its document.

    Attributes:
        is_open: The browser window that has it open is connected now.
    """

    is_open: bool


class DraftList(Struct, frozen=True, kw_only=True):
    """All drafts, without their documents.

    Attributes:
        drafts: The newest first.
    """

    drafts: list[ListedDraft]


class TakeDraftRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes a draft over.

    Attributes:
        id: What the draft is called from then on: who had it before writes to a draft of its own if it comes back.
        window: The browser window that has it open from then on.
    """

    id: _DraftId
    window: ShortText | None = None


class _Received(Struct, frozen=True, kw_only=True):
    """A body that holds a draft, as it came."""

    body: bytearray
    is_packed: bool
    charset: str


async def _receive_draft(request: web.Request) -> _Received:
    """The body, packed or not: a page that is left may send no more than 64 kB, so it packs what it sends."""
    is_packed = request.content_type == _PACKED
    if not is_packed and hdrs.CONTENT_TYPE in request.headers and request.content_type != "application/json":
        raise Refusal(
            f"A draft comes as application/json or as {_PACKED}, not as {show(request.content_type)}.", status=415
        )
    body = await read_body(request, is_json=True)
    if not body:
        raise Refusal("The request has no body; a draft was expected.", code="invalid_json")
    return _Received(body=body, is_packed=is_packed, charset=request.charset or "utf-8")


class _DraftRead(Struct, frozen=True, kw_only=True):
    """A draft with its document as JSON text, and as that packed."""

    text: bytes
    packed: bytes
    name: str
    file: str | None
    base: str | None
    window: str | None


class _ReadDraft(Work[_DraftRead], frozen=True, kw_only=True):
    """A draft of a body."""

    is_packed: bool
    charset: str

    def weigh(self, body: Body) -> int:
        """How large the JSON text is."""
        return max(len(body), _size_of(body)) if self.is_packed else len(body)

    def do(self, known: Known, body: Body) -> _DraftRead:
        """See above."""
        limits = known.server
        text = _unpack(body, limits.max_json_bytes) if self.is_packed else body
        value = parse_json(text, max_depth=limits.max_json_depth, charset=self.charset)
        draft = convert_body(value, DraftRequest)
        text, packed = _pack(draft.document)
        return _DraftRead(
            text=text,
            packed=packed,
            name=draft.name,
            file=draft.file,
            base=draft.base,
            window=draft.window,
        )


def _pack(document: dict[str, Any]) -> tuple[bytes, bytes]:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return text, gzip.compress(text, 1, mtime=0)


def _size_of(packed: Body) -> int:
    """How large a packed text says that it is, at its end; `_unpack` refuses one for which that is not true."""
    return int.from_bytes(packed[-4:], "little")


def _unpack(body: Body, limit: int) -> bytes:
    """What was packed by gzip; never more than `limit` bytes of it are made, nor more than it says that it is.

    Raises:
        Refusal: It is damaged, or too large.
    """
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(bytes(body), min(limit, _size_of(body)) + 1)
    except zlib.error as error:
        raise Refusal("The body is not packed as its type says: it is damaged.", code="invalid_json") from error
    if len(text) > limit:
        raise too_large(f"The draft is larger than {limit / 2**20:g} MiB; --max-json-size raises the limit.")
    if not unpacker.eof or unpacker.unused_data:
        unfinished = "it is larger than it says" if len(text) > _size_of(body) else "it is cut off"
        what = "something follows it" if unpacker.eof else unfinished
        raise Refusal(f"The body is not packed as its type says: {what}.", code="invalid_json")
    return text


@route("GET", "/drafts", answers=(Answer(200, DraftList, "All of them.", names={"draft_id": "/drafts/0/id"}),))
async def list_all_drafts(request: web.Request) -> DraftList:
    """What is open somewhere and not saved."""
    drafts = await (await request.app[CANVAS].database()).ask(list_drafts)
    windows = request.app[OPEN_WINDOWS]
    return DraftList(drafts=[ListedDraft(**asdict(draft), is_open=draft.window in windows) for draft in drafts])


@route(
    "PUT",
    "/drafts/{draft_id}",
    reader=Reader(_receive_draft, DraftRequest, {"application/json": _BODY, _PACKED: _PACKED_BODY}),
    answers=(Answer(200, Draft, "Stored.", headers=_ETAG),),
    refusals=(
        Refused(412, "Another revision is there than `If-Match` asked for; `error.extra_info.revision` says which."),
        Refused(507, "There are too many drafts, or they are too large (`draft_quota`)."),
    ),
)
async def put_draft(request: web.Request, params: DraftChange, body: _Received) -> Reply:
    """Store a draft, in place of what it was. What was stored survives the end of the server, also a sudden one."""
    database = await request.app[CANVAS].database()
    work = _ReadDraft(is_packed=body.is_packed, charset=body.charset)
    read = await request.app[HEAVY].do(work, body.body)
    expected = params.if_match.strip().removeprefix("W/").strip('"') if params.if_match else None
    store = partial(
        store_draft,
        draft_id=params.draft_id,
        text=read.text,
        packed=read.packed,
        name=read.name,
        file=read.file,
        base=read.base,
        window=read.window,
        expected=expected,
    )
    draft = await database.run(store)
    return Reply(draft, headers={"ETag": f'"{draft.revision}"'})


@route(
    "GET",
    "/drafts/{draft_id}",
    answers=(Answer(200, DraftDetails, "The draft.", headers=_ETAG),),
    refusals=(Refused(404, "There is no such draft."),),
)
async def show_draft(request: web.Request, params: DraftPath) -> web.StreamResponse:
    """A draft with its document."""
    database = await request.app[CANVAS].database()
    draft, text = await database.ask(lambda connection: read_draft(connection, params.draft_id))
    pieces = Pieces(request, headers={"ETag": f'"{draft.revision}"'})
    await pieces.add(msgspec.json.encode(draft)[:-1], b',"document":', text, b"}")
    return await pieces.end()


@route(
    "POST",
    "/drafts/{draft_id}/take",
    answers=(Answer(200, Draft, "It has its new id.", headers=_ETAG),),
    refusals=(
        Refused(404, "There is no such draft (any more): perhaps another window has taken it."),
        Refused(409, "Another draft has the new id."),
    ),
)
async def take_draft_over(request: web.Request, params: DraftPath, body: TakeDraftRequest) -> Reply:
    """Take a draft over from a window that is gone. Of two who do it at once one is given it; it is never away."""
    database = await request.app[CANVAS].database()
    draft = await database.run(lambda connection: take_draft(connection, params.draft_id, body.id, body.window))
    return Reply(draft, headers={"ETag": f'"{draft.revision}"'})


@route("DELETE", "/drafts/{draft_id}", answers=(Answer(204, None, "It is not there (any more)."),))
async def remove_draft(request: web.Request, params: DraftPath) -> Reply:
    """Forget a draft: it was saved, or is not wanted."""
    database = await request.app[CANVAS].database()
    await database.run(lambda connection: delete_draft(connection, params.draft_id))
    return Reply(None, 204)
