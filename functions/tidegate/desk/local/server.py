"""The emulated Region, and Bedrock in every one, as a server on the loopback interface.

`python -m tidegate.desk.local.server --port 5566`
"""

import argparse
import re
import signal
import sys
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.bedrock.request import Request, region_of
from tidegate.desk.bedrock.server import send
from tidegate.desk.local.admin import PREFIX, administer
from tidegate.desk.local.clock import RealClock, beating
from tidegate.desk.local.live import Answer, LiveRegion, live_region
from tidegate.desk.local.place import HOST, REGION

type Answerer = Callable[[str, str, dict[str, str], bytes], Answer]
"""Method, path, headers, body -> answer."""

_OURS: Final = ("connection", "content-length", "date", "server", "transfer-encoding")
"""Headers that HTTP itself is about, not AWS: the server writes its own."""


def serve(port: int, speed: float) -> None:
    """Serve until the process is told to end."""
    with (
        live_region(RealClock(speed)) as region,
        beating(region.beat),
        ThreadingHTTPServer((HOST, port), handler(region)) as server,
    ):
        signal.signal(signal.SIGTERM, _end)
        server.serve_forever()


def handler(region: LiveRegion) -> type[BaseHTTPRequestHandler]:
    """Return what handles each connection."""
    return type("Handler", (_Handler,), {"answer": staticmethod(answerer(region)), "bedrock": region.bedrock})


def answerer(region: LiveRegion) -> Answerer:
    """Return what answers each request: the Region as AWS, or as nobody but its owner knows it."""

    def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if path.startswith(PREFIX):
            return administer(region, method, path, body)
        return region.answer(as_sent_to_aws(method, path, headers, body))

    return answer


def as_sent_to_aws(method: str, path: str, headers: dict[str, str], body: bytes) -> AWSPreparedRequest:
    """Return the request under AWS's own address, which moto knows a service by; the signature names that service."""
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
    url = f"https://{scope.group(1) if scope else 'unsigned'}.{REGION}.amazonaws.com{path}"
    sent = HTTPHeaders()
    for name, value in headers.items():
        sent[name] = value
    return AWSPreparedRequest(method, url, sent, body, stream_output=False)


def _end(_signal: int, _frame: object) -> None:
    sys.exit(0)


class _Handler(BaseHTTPRequestHandler):
    answer: Answerer
    bedrock: FakeBedrock

    protocol_version = "HTTP/1.1"
    # Headers and body leave together: two segments would wait for the client's delayed acknowledgement, 40 ms a call.
    wbufsize = -1

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = dict(self.headers.items())
        asked = Request(self.command, self.path, headers, body)
        if region_of(asked):
            send(self, self.bedrock.answer(asked))
            return
        try:
            status, headers, said = self.answer(self.command, self.path, headers, body)
        except Exception:  # noqa: BLE001 - moto has failed, and the caller is to know as AWS would tell it
            traceback.print_exc()
            status, headers, said = 500, {}, "moto failed: the server's log says how"
        self._write(status, headers, said if isinstance(said, bytes) else str(said).encode())

    def _write(self, status: int, headers: Any, body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _OURS:
                self.send_header(name, str(value))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of the Region in one real second")
    wanted = parser.parse_args()
    serve(wanted.port, wanted.speed)
