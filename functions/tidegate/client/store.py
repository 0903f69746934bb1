"""The route documents of the models that a process calls: read when they are wanted, and kept for seconds.

While one thread reads, the others go on with what is known. What is known also holds on when reading fails, as long as
it says that it is good.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from threading import TIMEOUT_MAX, Lock
from time import monotonic
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from tidegate.client.errors import NoRoute
from tidegate.client.happened import Refreshed
from tidegate.client.time_left import hurried
from tidegate.policy.document import MAX_AGE_SECONDS, Document, NoDocument, load, parameter

SPREAD: Final = 0.2
"""A document is read again after 1 to 1.2 times its age, so that processes which started together drift apart."""

LONGEST_PAUSE_SECONDS: Final = 120
"""Between two tries while the parameter can't be read."""

_FIRST_PAUSE_SECONDS: Final = 1
"""Before a process that knows nothing yet tries again: until then its calls fail at once."""

_LONGEST_UNKNOWING_SECONDS: Final = 15
"""Between two of its tries: nothing holds on for it meanwhile."""


def _nobody(_: Refreshed) -> None:
    pass


class Source(Protocol):
    """Where route documents come from."""

    def document(self, model: str) -> Document:
        """Return the routes of a model. Raises `NoRoute`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """Documents that are known beforehand, such as those of the stage `local`."""

    documents: Mapping[str, Document]

    def document(self, model: str) -> Document:
        """Return the routes of a model. Raises `NoRoute`."""
        if model not in self.documents:
            raise NoRoute(f'model "{model}": allowed is one of {", ".join(self.documents) or "none"}')
        return self.documents[model]


@dataclass(slots=True)
class _Entry:
    """What is known of a model, and when to look again. It changes: only whoever holds `lock` writes."""

    lock: Lock = field(default_factory=Lock)
    document: Document | None = None
    due: float = float("-inf")
    failures: int = 0
    error: str = ""


class Store:
    """Documents as the controller publishes them, each in its parameter. For any number of threads."""

    def __init__(
        self,
        stage: str,
        ssm: Callable[[], Any],
        *,
        tell: Callable[[Refreshed], None] = _nobody,
        ticks: Callable[[], float] = monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Keep the documents of a stage. `ssm` makes the client on first use; `ticks` counts seconds."""
        self._stage = stage
        self._make_ssm = ssm
        self._ssm: Any = None
        self._tell = tell
        self._ticks = ticks
        self._chance = chance
        self._entries: dict[str, _Entry] = {}
        self._lock = Lock()

    def document(self, model: str, *, tell: Callable[[Refreshed], None] = _nobody, left: float = inf) -> Document:
        """Return the routes of a model, 18 seconds old at the most while they can be read. Raises `NoRoute`.

        `tell` hears of what this call reads. `left` is how many seconds it has to read, or to wait for who reads.
        """
        entry = self._entries.get(model) or self._enter(model)
        if self._ticks() < entry.due:
            return _known(entry)
        # Whoever knows nothing has to wait for the one that reads; everybody else goes on.
        read = None
        if entry.lock.acquire(timeout=0 if entry.document else max(0, min(left, TIMEOUT_MAX))):
            try:
                if self._ticks() >= entry.due:
                    read = self._refresh(model, entry, left)
            finally:
                entry.lock.release()
        if read:
            self._tell(read)
            tell(read)
        return _known(entry)

    def _enter(self, model: str) -> _Entry:
        with self._lock:
            return self._entries.setdefault(model, _Entry())

    def _refresh(self, model: str, entry: _Entry, left: float) -> Refreshed:
        try:
            with hurried(left):
                entry.document = self._read(model, entry.document)
            entry.failures, entry.error = 0, ""
            pause = MAX_AGE_SECONDS
        except (BotoCoreError, ClientError, NoDocument) as error:
            entry.failures, entry.error = entry.failures + 1, self._words(model, error)
            known = entry.document is not None
            first, longest = (
                (MAX_AGE_SECONDS, LONGEST_PAUSE_SECONDS)
                if known
                else (_FIRST_PAUSE_SECONDS, _LONGEST_UNKNOWING_SECONDS)
            )
            pause = min(longest, first * 2 ** min(entry.failures - 1, 10))
        entry.due = self._ticks() + pause * (1 + SPREAD * self._chance())
        return Refreshed(model=model, epoch=entry.document.epoch if entry.document else 0, error=entry.error)

    def _read(self, model: str, known: Document | None) -> Document:
        with self._lock:
            # boto3 makes clients for one thread at a time.
            self._ssm = self._ssm or self._make_ssm()
        answer = self._ssm.get_parameter(Name=parameter(self._stage, model))
        found = load(answer["Parameter"]["Value"])
        if (found.stage, found.model) != (self._stage, model):
            raise NoDocument(f'it is that of model "{found.model}" of stage {found.stage}')
        if known and found.epoch < known.epoch:
            raise NoDocument(f"its epoch {found.epoch} is older than {known.epoch}, which is known")
        return found

    def _words(self, model: str, error: Exception) -> str:
        name = parameter(self._stage, model)
        region = self._ssm.meta.region_name if self._ssm else "the home Region"
        code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
        if code == "ParameterNotFound":
            return f"there is no parameter {name} in {region}: deploy stage {self._stage} with [model.{model}]"
        if code.startswith("AccessDenied"):
            return f"parameter {name} in {region} is not for this role: allow it ssm:GetParameter there"
        return f"parameter {name} in {region}, read by ssm:GetParameter: {str(error) or type(error).__name__}"


def _known(entry: _Entry) -> Document:
    document = entry.document
    if document is None:
        raise NoRoute(f"nothing is known of the model's routes yet: {entry.error or 'they are being read'}")
    return document
