"""The fake Bedrock as an HTTP server on the loopback interface: any boto3 client with `endpoint_url` can call it.

The Region that a client means is the one that its signature names, so one address is Bedrock in all Regions.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Event, Thread
from typing import Final

from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.bedrock.reply import Reply
from tidegate.desk.bedrock.request import Request

HOST: Final = "127.0.0.1"


def _wait(seconds: float) -> None:
    Event().wait(seconds)


@contextmanager
def serving(fake: FakeBedrock, *, port: int = 0, wait: Callable[[float], None] = _wait) -> Generator[str]:
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
        said = self.fake.answer(Request(self.command, self.path, dict(self.headers.items()), body))
        # A client may give up while it waits; nobody is left to be told then.
        with suppress(BrokenPipeError, ConnectionResetError):
            if said.streams:
                self._stream(said)
            else:
                self._write(said)

    def _write(self, said: Reply) -> None:
        self.wait(said.seconds)
        if said.cut:
            self._hang_up()
            return
        self._begin(said)
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body)

    def _stream(self, said: Reply) -> None:
        """Send the pieces as they come: chunked, and what comes at once in one segment, the headers too."""
        began = False
        for piece in said.pieces:
            if piece.after:
                self.wfile.flush()
                self.wait(piece.after)
            if not began:
                began = True
                self._begin(said)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
            if piece.data:
                self.wfile.write(f"{len(piece.data):x}\r\n".encode() + piece.data + b"\r\n")
        if said.cut:
            self.wfile.flush()
            self._hang_up()
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _begin(self, said: Reply) -> None:
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class calls it
        """Say nothing: the fake keeps a log of its own."""
