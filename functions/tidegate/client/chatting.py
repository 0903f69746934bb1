"""`chat`: one signature for every kind of route."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, overload

from tidegate.client.answer import Answer
from tidegate.client.options import Options
from tidegate.client.saying import Question, Reply
from tidegate.client.store import Source
from tidegate.client.talk import Talk

type Boundary = str | tuple[str, ...]


@overload
def chat(
    model: str,
    messages: str | Sequence[Mapping[str, str]],
    *,
    stream: Literal[False] = ...,
    system: str | None = ...,
    max_tokens: int | None = ...,
    temperature: float | None = ...,
    stage: str | None = ...,
    region: str | None = ...,
    residency: Boundary | None = ...,
    source: Source | None = ...,
    client: Any = ...,
) -> Reply: ...


@overload
def chat(
    model: str,
    messages: str | Sequence[Mapping[str, str]],
    *,
    stream: Literal[True],
    system: str | None = ...,
    max_tokens: int | None = ...,
    temperature: float | None = ...,
    stage: str | None = ...,
    region: str | None = ...,
    residency: Boundary | None = ...,
    source: Source | None = ...,
    client: Any = ...,
) -> Answer: ...


def chat(
    model: str,
    messages: str | Sequence[Mapping[str, str]],
    *,
    stream: bool = False,
    system: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    stage: str | None = None,
    region: str | None = None,
    residency: Boundary | None = None,
    source: Source | None = None,
    client: Any = None,
) -> Reply | Answer:
    """Ask a model, and return its answer: all of it, or as it comes.

    Args:
        model: Its name in tidegate.toml.
        messages: What the user says; or the conversation so far, each with `role` (user, assistant) and `content`.
        stream: Whether to return at the first text. It is read by iterating, and tells its `route` already.
        system: What the model is to be.
        max_tokens: Limits the answer. Worth saying: Bedrock takes it off the quota before it begins.
        temperature: How freely it chooses words.
        stage: Whose routes to follow; without it what TIDEGATE_STAGE says.
        region: Where the stage is deployed; without it the one that boto3 finds.
        residency: A boundary of the application's own, within the model's.
        source: Where routes come from, instead of a stage.
        client: Of bedrock-runtime, for Bedrock's routes, instead of one with the default credentials. What it is
            attached for stays as it is, and its boundary may only be narrowed here.

    Raises:
        NoRoute: there is no route that may be taken.
        Unavailable: the last route failed, and it is not one of AWS's.
        ValueError: no stage, no boundary, or one that is wider than that of the client.
        Exception: the error of the last route, as boto3 raises it.
    """
    said = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
    question = Question(messages=said, system=system, max_tokens=max_tokens, temperature=temperature)
    answer = _talk(stage, region, residency, source, client).ask(model, question, stream=stream)
    return answer if stream else answer.whole()


@lru_cache(maxsize=32)
def _talk(
    stage: str | None, region: str | None, residency: Boundary | None, source: Source | None, client: Any
) -> Talk:
    """Return what is kept from one question to the next: documents, keys, connections, and the client's hooks."""
    return Talk(Options(stage=stage, region=region, residency=residency, source=source), client)
