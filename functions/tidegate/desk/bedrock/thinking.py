"""What a model makes of a prompt: whether it takes it at all, and its answer."""

from typing import Final

from tidegate.desk.bedrock.answering import duration
from tidegate.desk.bedrock.bodies import invoke_prompt
from tidegate.desk.bedrock.refusal import TOO_LONG, Refused, invalid
from tidegate.desk.bedrock.request import Asked
from tidegate.desk.bedrock.said import Prompt, Said, converse_prompt
from tidegate.desk.bedrock.things import Foundation

_TOKENS_A_DELTA: Final = 4


def prompt_of(wanted: Asked, model: Foundation) -> Prompt:
    """Return what a model is asked. Raises `Refused`, in the words of github.com/RooCodeInc/Roo-Code/issues/248."""
    if wanted.operation.name.startswith("Converse"):
        prompt = converse_prompt(wanted.parameters)
    else:
        prompt = invoke_prompt(model.id, wanted.parameters.get("body", b""))
    most = model.max_tokens
    if (prompt.max_tokens or 0) > most:
        raise invalid(
            f"The maximum tokens you requested exceeds the model limit of {most}. Try again with a maximum tokens "
            f"value that is lower than {most}."
        )
    if prompt.tokens >= model.context:
        raise Refused(TOO_LONG)
    return prompt


def answer_of(wanted: Asked, model: Foundation, prompt: Prompt) -> Said:
    """Return a model's answer: it says who answers, and then goes on for as long as such answers are."""
    length = min(model.answer_tokens, prompt.max_tokens or model.max_tokens)
    words = [f"[{wanted.region} {wanted.parameters['modelId']}]", *(" tide" for _ in range(length - 1))]
    return Said(
        model=model.id,
        deltas=tuple("".join(words[start : start + _TOKENS_A_DELTA]) for start in range(0, length, _TOKENS_A_DELTA)),
        input_tokens=prompt.tokens,
        output_tokens=length,
        stopped=length < model.answer_tokens,
        milliseconds=round(duration(model, length) * 1000),
    )
