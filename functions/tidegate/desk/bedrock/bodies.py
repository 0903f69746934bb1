"""What models take and answer in InvokeModel, by their maker: the fields that matter to a quota and to a reader.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, one page for each maker.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tidegate.desk.bedrock.refusal import MALFORMED, Refused
from tidegate.desk.bedrock.said import Prompt, Said, tokens_of, usage


def invoke_prompt(model: str, body: bytes) -> Prompt:
    """Return what a body of InvokeModel asks a model of this id. Raises `Refused` where it isn't one."""
    try:
        said = json.loads(body)
        return FAMILIES[family(model)].prompt(said)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(MALFORMED) from None


def family(model: str) -> str:
    """Return who made a model, by its id."""
    return model.split(".", maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Family:
    """How the models of one maker are asked and answer."""

    prompt: Callable[[Mapping[str, Any]], Prompt]
    answer: Callable[[Said], Mapping[str, Any]]
    chunks: Callable[[Said], Sequence[Mapping[str, Any]]]
    """One for each delta, with others before and after."""

    before: int = 0
    """How many chunks come before the first delta."""


def _anthropic_prompt(said: Mapping[str, Any]) -> Prompt:
    if not isinstance(said["anthropic_version"], str):
        raise TypeError
    return Prompt(tokens_of({"messages": said["messages"], "system": said.get("system", "")}), int(said["max_tokens"]))


def _anthropic_answer(said: Said) -> Mapping[str, Any]:
    return {
        "id": "msg_bdrk_0",
        "type": "message",
        "role": "assistant",
        "model": said.model,
        "content": [{"type": "text", "text": said.text}],
        "stop_reason": "max_tokens" if said.stopped else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": said.input_tokens, "output_tokens": said.output_tokens},
    }


def _anthropic_chunks(said: Said) -> Sequence[Mapping[str, Any]]:
    whole = _anthropic_answer(said)
    began: Mapping[str, Any] = {
        **whole,
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": said.input_tokens, "output_tokens": 0},
    }
    return [
        {"type": "message_start", "message": began},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": one}}
            for one in said.deltas
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
            "usage": {"output_tokens": said.output_tokens},
        },
        {"type": "message_stop", "amazon-bedrock-invocationMetrics": _metrics(said)},
    ]


def _nova_prompt(said: Mapping[str, Any]) -> Prompt:
    limit = said.get("inferenceConfig", {}).get("maxTokens")
    return Prompt(tokens_of({"messages": said["messages"], "system": said.get("system", [])}), limit)


def _nova_answer(said: Said) -> Mapping[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": said.text}]}},
        "stopReason": "max_tokens" if said.stopped else "end_turn",
        "usage": usage(said),
    }


def _nova_chunks(said: Said) -> Sequence[Mapping[str, Any]]:
    return [
        {"messageStart": {"role": "assistant"}},
        *({"contentBlockDelta": {"delta": {"text": one}, "contentBlockIndex": 0}} for one in said.deltas),
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "max_tokens" if said.stopped else "end_turn"}},
        {"metadata": {"usage": usage(said)}, "amazon-bedrock-invocationMetrics": _metrics(said)},
    ]


def _llama_answer(said: Said) -> Mapping[str, Any]:
    return {
        "generation": said.text,
        "prompt_token_count": said.input_tokens,
        "generation_token_count": said.output_tokens,
        "stop_reason": "length" if said.stopped else "stop",
    }


def _llama_chunks(said: Said) -> Sequence[Mapping[str, Any]]:
    last = {**_llama_answer(said), "generation": "", "amazon-bedrock-invocationMetrics": _metrics(said)}
    return [*({"generation": one, "stop_reason": None} for one in said.deltas), last]


def _metrics(said: Said) -> dict[str, int]:
    return {
        "inputTokenCount": said.input_tokens,
        "outputTokenCount": said.output_tokens,
        "invocationLatency": said.milliseconds,
    }


FAMILIES: Final[Mapping[str, Family]] = {
    "anthropic": Family(_anthropic_prompt, _anthropic_answer, _anthropic_chunks, before=2),
    "amazon": Family(_nova_prompt, _nova_answer, _nova_chunks, before=1),
    "meta": Family(
        lambda said: Prompt(tokens_of(said["prompt"]), said.get("max_gen_len")), _llama_answer, _llama_chunks
    ),
}
"""The makers whose bodies are known here."""
