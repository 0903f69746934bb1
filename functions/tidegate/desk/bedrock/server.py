"""The fake Bedrock as an HTTP server on the loopback interface: any boto3 client with `endpoint_url` can call it.

The Region that a client means is the one that its signature names, so one address is Bedrock in all Regions.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Event, Thread
from typing import Final

from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.bedrock.reply import Reply
from tidegate.desk.bedrock.request import Request

HOST: Final = "127.0.0.1"


def waited(seconds: float) -> None:
    """Let real seconds pass."""
    Event().wait(seconds)


@contextmanager
def serving(fake: FakeBedrock, *, port: int = 0, wait: Callable[[float], None] = waited) -> Generator[str]:
    """Serve a fake; the address is yielded. `wait` lets the seconds pass that an answer takes."""
    handler = type("Handler", (_Handler,), {"fake": fake, "wait": staticmethod(wait)})
    with _Server((HOST, port), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    fake: FakeBedrock
    wait: Callable[[float], None]

    protocol_version = "HTTP/1.1"
    # Headers and body leave together: two segments would wait for the client's delayed acknowledgement, 40 ms a call.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        send(self, self.fake.answer(Request(self.command, self.path, dict(self.headers.items()), body)), self.wait)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class calls it
        """Say nothing: the fake keeps a log of its own."""


def send(to: BaseHTTPRequestHandler, said: Reply, wait: Callable[[float], None] = waited) -> None:
    """Send an answer to whoever asked a server; `wait` lets the seconds pass that it takes."""
    # A client may give up while it waits; nobody is left to be told then.
    with suppress(BrokenPipeError, ConnectionResetError):
        if said.streams:
            _stream(to, said, wait)
        else:
            _write(to, said, wait)


def _write(to: BaseHTTPRequestHandler, said: Reply, wait: Callable[[float], None]) -> None:
    wait(said.seconds)
    if said.cut:
        _hang_up(to)
        return
    _begin(to, said, {"Content-Length": str(len(said.body))})
    to.wfile.write(said.body)


def _stream(to: BaseHTTPRequestHandler, said: Reply, wait: Callable[[float], None]) -> None:
    """Send the pieces as they come: chunked, and what comes at once in one segment, the headers too."""
    for number, piece in enumerate(said.pieces):
        if piece.after:
            to.wfile.flush()
            wait(piece.after)
        if number == 0:
            _begin(to, said, {"Transfer-Encoding": "chunked"})
        if piece.data:
            to.wfile.write(f"{len(piece.data):x}\r\n".encode() + piece.data + b"\r\n")
    if said.cut:
        to.wfile.flush()
        _hang_up(to)
    else:
        to.wfile.write(b"0\r\n\r\n")


def _begin(to: BaseHTTPRequestHandler, said: Reply, more: Mapping[str, str]) -> None:
    to.send_response(said.status)
    for name, value in {**said.headers, **more}.items():
        to.send_header(name, value)
    to.end_headers()


def _hang_up(to: BaseHTTPRequestHandler) -> None:
    to.close_connection = True
    with suppress(OSError):
        to.connection.shutdown(SHUT_RDWR)
