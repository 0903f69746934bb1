"""How CloudFormation is answered: a PUT without a content type, over TLS or to the endpoint of a local cloud."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, cast

import pytest

from tidegate import runtime
from tidegate.loop import removal

BODY = json.dumps({"Status": "SUCCESS"}).encode()


class Bucket(HTTPServer):
    """S3, as far as an answer goes."""

    taken: list[tuple[str, str, str | None, bytes]]
    refusals: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        bucket = cast(Bucket, self.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if bucket.refusals:
            bucket.refusals -= 1
            self.send_error(503)
            return
        bucket.taken.append((self.command, self.path, self.headers["Content-Type"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is of http.server
        """Say nothing."""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket at the endpoint that the function is told, and no time to be waited."""
    monkeypatch.setattr(runtime, "pause", list[float]().append)
    with Bucket(("127.0.0.1", 0), Handler) as server:
        server.taken = []
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_answer_is_put_without_a_content_type(bucket: Bucket) -> None:
    removal.send(f"{bucket.url}/answer?X-Amz-Signature=1", BODY)
    assert bucket.taken == [("PUT", "/answer?X-Amz-Signature=1", "", BODY)]


def test_an_answer_is_tried_three_times(bucket: Bucket) -> None:
    bucket.refusals = 2
    removal.send(f"{bucket.url}/answer", BODY)
    assert len(bucket.taken) == 1
    bucket.refusals = 3
    with pytest.raises(OSError, match="503"):
        removal.send(f"{bucket.url}/answer", BODY)
    assert (len(bucket.taken), bucket.refusals) == (1, 0)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/answer",
        "file:///etc/hostname",
        "ftp://example.com/",
        "",
        "http://127.0.0.1:9001/2018-06-01/",
    ],
)
def test_nothing_is_sent_to_where_no_cloudformation_is(bucket: Bucket, url: str) -> None:
    with pytest.raises(ValueError, match="https only"):
        removal.send(url, BODY)


def test_an_endpoint_that_only_begins_like_the_one_it_was_told_is_another(bucket: Bucket) -> None:
    with pytest.raises(ValueError, match="https only"):
        removal.send(f"{bucket.url}1/answer", BODY)


def test_in_an_account_there_is_no_such_endpoint(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with pytest.raises(ValueError, match="https only"):
        removal.send(f"{bucket.url}/answer", BODY)
    assert bucket.taken == []
