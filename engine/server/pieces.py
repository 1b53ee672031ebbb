"""JSON that may be long goes out while it is made: it is never in memory as a whole, and nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from engine.server.keys import SERVER_SETTINGS

_PIECE_BYTES = 2**18
"""What is handed over at once is also copied at once, while nobody else is answered."""


class Pieces:
    """A reply with JSON text, or other bytes. What is short goes out as one, with its length.

    Args:
        request: What is answered.
        status: Of HTTP.
        headers: To be sent along.
        media_type: Of what it is.
    """

    def __init__(
        self,
        request: web.Request,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str = "application/json",
    ) -> None:
        self._request = request
        self._status = status
        self._headers = headers
        self._media_type = media_type
        self._charset = "utf-8" if media_type == "application/json" else None
        self._waiting: list[bytes | memoryview] = []
        self._size = 0
        self._response: web.StreamResponse | None = None

    async def add(self, *texts: bytes | memoryview) -> None:
        """Go on with these; waits while the client does not keep up."""
        for text in texts:
            self._waiting.append(text)
            self._size += len(text)
        if self._size > _PIECE_BYTES:
            await self._send()

    async def end(self) -> web.StreamResponse:
        """That was all. Returns what the handler returns."""
        if self._response is None and self._size <= _PIECE_BYTES:
            return web.Response(
                body=b"".join(self._waiting),
                status=self._status,
                headers=self._headers,
                content_type=self._media_type,
                charset=self._charset,
            )
        response = await self._send()
        await response.write_eof()
        return response

    async def _send(self) -> web.StreamResponse:
        response = self._response
        if response is None:
            self._response = response = web.StreamResponse(status=self._status, headers=self._headers)
            response.content_type, response.charset = self._media_type, self._charset
            is_packed = self._charset is None or "Content-Encoding" in response.headers
            if self._request.app[SERVER_SETTINGS].compresses and not is_packed:  # what is short: `security.compress`
                response.enable_compression()
            await response.prepare(self._request)
        small: list[bytes | memoryview] = []
        for text in (*self._waiting, None):
            if text is not None and len(text) <= _PIECE_BYTES // 16:
                small.append(text)
                if len(small) < 1_000:
                    continue
                text = None
            if small:
                await response.write(b"".join(small))
                small.clear()
                await asyncio.sleep(0)
            for start in range(0, 0 if text is None else len(text), _PIECE_BYTES):
                assert text is not None
                await response.write(memoryview(text)[start : start + _PIECE_BYTES])
                await asyncio.sleep(0)  # a client that takes all at once is written to without waiting
        self._waiting.clear()
        self._size = 0
        return response


async def send_json(
    request: web.Request, text: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.StreamResponse:
    """Answer with JSON text that is there as a whole: who made it goes on, however slowly the client takes it."""
    pieces = Pieces(request, status, headers)
    await pieces.add(text)
    return await pieces.end()
