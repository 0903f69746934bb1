"""A server that speaks as OpenAI's API does, and answers what it is told to.

https://platform.openai.com/docs/api-reference/chat
"""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

WORDS = ("High ", "tide ", "at noon.")


@dataclass(slots=True)
class Provider:
    """What the server was asked, and how it fails."""

    url: str = ""
    status: int = 200
    message: str = ""
    cut_after: int | None = None
    """In a stream: the connection ends after so many words."""

    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str] = field(default_factory=list[str])


@contextmanager
def speaking() -> Generator[Provider]:
    """Serve on the loopback interface."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        provider.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.provider.asked.append(said)
        self.provider.keys.append(self.headers["Authorization"].removeprefix("Bearer "))
        if self.provider.status != 200:
            self._send(self.provider.status, {"error": {"message": self.provider.message, "type": "x", "code": None}})
        elif said.get("stream"):
            self._stream()
        else:
            message = {"role": "assistant", "content": "".join(WORDS)}
            usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            self._send(200, _object("chat.completion", choice) | {"usage": usage})

    def _send(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if self.provider.cut_after is not None:
            # More was announced than comes: whoever reads sees that the connection broke.
            self.send_header("Content-Length", "100000")
        self.end_headers()
        for word in WORDS[: self.provider.cut_after]:
            choice = {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}
            self.wfile.write(f"data: {json.dumps(_object('chat.completion.chunk', choice))}\n\n".encode())
        if self.provider.cut_after is None:
            done: dict[str, Any] = {"index": 0, "delta": {}, "finish_reason": "stop"}
            self.wfile.write(f"data: {json.dumps(_object('chat.completion.chunk', done))}\n\ndata: [DONE]\n\n".encode())
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class calls it
        """Say nothing."""


def _object(kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {"id": "c-1", "object": kind, "created": 0, "model": "m", "choices": [choice]}
