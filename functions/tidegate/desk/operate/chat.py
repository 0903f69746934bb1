"""`tidegate chat MODEL`: a conversation with a model through the client that applications use.

For machines, one JSON object: `version` (1), `stage`, `model`, `text`, `route` (which answered), `epoch` (of the
document that was followed), `failed` (`route` and `failure` of those that were tried before), `input_tokens` and
`output_tokens` (null where the route didn't say), `seconds`.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from tidegate.client.answer import Answer
from tidegate.client.errors import NoRoute, Unavailable
from tidegate.client.options import Options
from tidegate.client.saying import Question
from tidegate.client.store import Source
from tidegate.client.talk import Talk
from tidegate.desk.operate import here
from tidegate.desk.operate.deployed import POLICY_FILE, choose
from tidegate.desk.trouble import Refusal, explained
from tidegate.policy.document import Document
from tidegate.policy.route import LOCAL

_FAILS: Final = (NoRoute, Unavailable, ClientError, BotoCoreError, HTTPError, OSError)
"""What an answer may end with, beside mistakes of ours."""

type Show = Callable[[str], None]


class LocalRoutes:
    """The client's `Source` of the stage `local`: made afresh for each question, so it never grows old."""

    def document(self, model: str) -> Document:
        """Return the routes of a model. Raises `Refusal` for one that has none here."""
        return here.made(model, here.local_model(model), time.time()).document


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, once all of it has come."""

    text: str
    answer: Answer
    seconds: float

    @property
    def how(self) -> str:
        """Say which route answered, how long it took, and what was tried before."""
        usage = self.answer.usage.output_tokens
        tokens = f", {usage} tokens" if usage is not None else ""
        before = ", ".join(f"{one.route} ({one.failure})" for one in self.answer.failed)
        return f"{self.answer.route}, {self.seconds:.1f} s{tokens}{f'; before it: {before}' if before else ''}"


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A conversation with a model. It grows with each answer."""

    talk: Talk
    stage: str
    model: str
    system: str | None = None
    max_tokens: int | None = None
    messages: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def ask(self, prompt: str, show: Show) -> Said:
        """Ask, and `show` the answer as it comes. What failed leaves no trace in the conversation.

        Raises `Refusal` where no route answered, or an answer broke off.
        """
        began = time.monotonic()
        asked = [*self.messages, {"role": "user", "content": prompt}]
        question = Question(messages=asked, system=self.system, max_tokens=self.max_tokens)
        pieces: list[str] = []
        try:
            answer = self.talk.ask(self.model, question, stream=True)
            for piece in answer:
                pieces.append(piece)
                show(piece)
        except _FAILS as error:
            raise Refusal(_line(error, f"{self.model} of stage {self.stage}")) from None
        text = "".join(pieces)
        self.messages = [*asked, {"role": "assistant", "content": text}]
        return Said(text, answer, time.monotonic() - began)

    def data(self, said: Said) -> dict[str, Any]:
        """Return an answer for machines."""
        return {
            "version": 1,
            "stage": self.stage,
            "model": self.model,
            "text": said.text,
            "route": said.answer.route,
            "epoch": said.answer.epoch,
            "failed": [asdict(one) for one in said.answer.failed],
            **asdict(said.answer.usage),
            "seconds": round(said.seconds, 3),
        }

    def go_on(self, prompts: Iterable[str], shown: Callable[[], AbstractContextManager[Show]], below: Show) -> None:
        """Answer one prompt after the other: each is `shown`, and `below` hears which route answered, or why none."""
        for prompt in prompts:
            if not prompt.strip():
                continue
            try:
                with shown() as show:
                    how = self.ask(prompt, show).how
                    show("\n")
            except Refusal as why:
                how = f"tidegate: {why}"
            except KeyboardInterrupt:
                how = "stopped; this question is forgotten"
            below(how)


def begin(
    model: str,
    place: tuple[str | None, str | None, str | None],
    *,
    system: str | None = None,
    max_tokens: int | None = None,
) -> Conversation:
    """Begin a conversation; `place` is what the options say: (stage, AWS profile, Region).

    Without a stage it is with this machine's own routes, where `tidegate.toml` has some of the model. Raises `Refusal`.
    """
    said, profile, region = place
    source: Source | None = None
    if said == LOCAL or (said is None and _is_local(model)):
        here.local_model(model)
        stage, source = LOCAL, LocalRoutes()
    else:
        stage, settings = choose(said)
        region = region or settings.region
    session = boto3.Session(profile_name=profile, region_name=region or here.home_region() or None)
    talk = Talk(Options(stage=stage, region=region, source=source, session=session))
    return Conversation(talk=talk, stage=stage, model=model, system=system, max_tokens=max_tokens)


def _is_local(model: str) -> bool:
    return POLICY_FILE.exists() and model in here.local_models()


def _line(error: Exception, where: str) -> str:
    if isinstance(error, ClientError | BotoCoreError):
        return explained(error, where)
    return " ".join(str(error).split()) or f"{where}: {type(error).__name__}"
