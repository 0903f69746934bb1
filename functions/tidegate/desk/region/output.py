"""Keeps what a function prints or logs away from the terminal: in Lambda that is the function's own log."""

import io
import logging
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from tidegate import runtime


@contextmanager
def captured(lines: list[str]) -> Generator[None]:
    """Collect what is printed, and what the app's logger writes, line by line while the block runs."""
    sink = io.StringIO()
    # The logger keeps the stream that was standard output when it was made.
    handlers: list[tuple[logging.StreamHandler[Any], Any]] = [
        (each, vars(each)["stream"]) for each in runtime.logger.handlers if type(each) is logging.StreamHandler
    ]
    with redirect_stdout(sink):
        for handler, _ in handlers:
            handler.setStream(sink)
        try:
            yield
        finally:
            for handler, stream in handlers:
                handler.setStream(stream)
            lines.extend(sink.getvalue().splitlines())
