"""A fake Bedrock: all its Regions, on a clock that is passed in, the same each time it is asked the same.

Requests are read and answers written by botocore's service models. What is behind them is in the modules beside this
one: `catalog` (what there is to be called), `quota` (what it refuses), `trouble` (what is scripted to go wrong).
"""

from collections.abc import Callable, Iterable
from threading import RLock
from typing import Final

from tidegate.desk.bedrock import answering, control, reply
from tidegate.desk.bedrock.bodies import Prompt, Said, converse_prompt, invoke_prompt
from tidegate.desk.bedrock.catalog import Alias, Catalog, Foundation, Profile, Target, usual
from tidegate.desk.bedrock.ledger import CUT, OK, Call, Datum, data
from tidegate.desk.bedrock.quota import Meter, Quota
from tidegate.desk.bedrock.refusal import TOO_LONG, Refusal, Refused, invalid
from tidegate.desk.bedrock.reply import Piece, Reply
from tidegate.desk.bedrock.request import Asked, Request, asked
from tidegate.desk.bedrock.trouble import Script, Scripted, Trouble

_INFERENCE: Final = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")
_TOKENS_A_DELTA: Final = 4
_FINE: Final = Trouble()


class FakeBedrock:
    """Answers requests to bedrock and bedrock-runtime in any Region. `now` tells epoch seconds; threads may share it.

    `listen` hears of each datapoint of CloudWatch's; the fake keeps them in `data` too.
    """

    def __init__(
        self,
        now: Callable[[], float],
        things: Iterable[Foundation | Profile | Alias] | None = None,
        listen: Callable[[Datum], None] | None = None,
    ) -> None:
        self.catalog: Final = Catalog()
        self.catalog.add(*(usual() if things is None else things))
        self.calls: Final[list[Call]] = []
        self.data: Final[list[Datum]] = []
        self._now: Final = now
        self._listen: Final = listen
        self._meters: Final[dict[tuple[str, str, str], Meter]] = {}
        self._script: Final = Script()
        self._lock: Final = RLock()

    def limit(self, region: str, model: str, quota: Quota) -> None:
        """Grant a quota to whatever a call of `model` in a Region is counted on; without one there is no limit."""
        with self._lock:
            self._meter(self.catalog.target(region, model)).quota = quota

    def used(self, region: str, model: str) -> tuple[int, int, int]:
        """Return (requests, tokens) of the last minute and the tokens of this day, of the quota of a model."""
        with self._lock:
            return self._meter(self.catalog.target(region, model)).used(self._now())

    def script(
        self,
        trouble: Trouble,
        *,
        region: str | None = None,
        model: str | None = None,
        operation: str | None = None,
        calls: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Let something go wrong from now on: for the next `calls`, for `seconds`, or until `forgive`."""
        with self._lock:
            now = self._now()
            until = float("inf") if seconds is None else now + seconds
            line = Scripted(
                trouble=trouble, region=region, model=model, operation=operation, calls=calls, since=now, until=until
            )
            self._script.lines.append(line)

    def forgive(self) -> None:
        """Forget all trouble that is to come."""
        with self._lock:
            self._script.lines.clear()

    def called(self, region: str | None = None, model: str | None = None) -> list[Call]:
        """Return the calls of inference to a Region or a model, whatever came of them."""
        with self._lock:
            return [
                each
                for each in self.calls
                if each.operation in _INFERENCE and region in (None, each.region) and model in (None, each.model)
            ]

    def answer(self, request: Request) -> Reply:
        """Answer a request. Nothing waits here: the answer says when its pieces leave."""
        try:
            wanted = asked(request)
        except Refused as no:
            return reply.refuse(no.refusal)
        with self._lock:
            return self._inference(wanted) if wanted.operation.name in _INFERENCE else self._control(wanted)

    def _control(self, wanted: Asked) -> Reply:
        name = wanted.operation.name
        model = str(wanted.parameters.get("inferenceProfileIdentifier", ""))
        trouble = self._script.take(self._now(), wanted.region, model, name) or _FINE
        outcome = OK
        try:
            if trouble.refusal:
                raise Refused(trouble.refusal)
            told = control.told(self.catalog, wanted.region, name, wanted.parameters)
            said = reply.answer(wanted.operation, told, trouble.seconds)
        except Refused as no:
            outcome, said = no.refusal.code, reply.refuse(no.refusal, trouble.seconds)
        self.calls.append(
            Call(
                at=self._now(), region=wanted.region, operation=name, model=model, outcome=outcome, seconds=said.seconds
            )
        )
        return Reply(said.status, said.headers, said.pieces, cut=True) if trouble.cut else said

    def _inference(self, wanted: Asked) -> Reply:
        model_id = wanted.parameters["modelId"]
        trouble = self._script.take(self._now(), wanted.region, model_id, wanted.operation.name) or _FINE
        label = model_id
        try:
            target = self.catalog.target(wanted.region, model_id)
            label = target.label
            # A trouble of streams meets an operation that has none as an error in its place.
            late = trouble.after_deltas is not None and answering.streams(wanted.operation)
            if not late and trouble.refusal:
                raise Refused(trouble.refusal)
            if not late and trouble.cut:
                return self._cut(wanted, label, trouble)
            prompt = _prompt(wanted, target)
            return self._admitted(wanted, target, prompt, trouble)
        except Refused as no:
            self._refused(wanted, label, no.refusal, trouble.seconds)
            return reply.refuse(no.refusal, trouble.seconds)

    def _admitted(self, wanted: Asked, target: Target, prompt: Prompt, trouble: Trouble) -> Reply:
        now, meter = self._now(), self._meter(target)
        reserved = prompt.tokens + (prompt.max_tokens or target.model.max_tokens)
        if refusal := meter.refusal(now, reserved):
            raise Refused(refusal)
        said = _said(wanted, target, prompt)
        made = answering.answered(wanted.operation, target.model, said, trouble)
        charged = said.input_tokens + said.output_tokens * target.model.burndown
        meter.reserve(now, reserved, settled=charged, ends=now + made.seconds)
        outcome = CUT if trouble.cut else trouble.refusal.code if trouble.refusal else OK
        call = Call(
            at=now,
            region=wanted.region,
            operation=wanted.operation.name,
            model=wanted.parameters["modelId"],
            outcome=outcome,
            destinations=target.destinations,
            processed=target.destinations[len(self.calls) % len(target.destinations)],
            input_tokens=said.input_tokens,
            output_tokens=said.output_tokens,
            reserved=reserved,
            seconds=made.seconds,
            charged=charged,
        )
        self._note(call, target.label, trouble.refusal)
        return made

    def _cut(self, wanted: Asked, label: str, trouble: Trouble) -> Reply:
        self._note(self._without_answer(wanted, CUT, trouble.seconds), label, None)
        return Reply(200, {}, (Piece(trouble.seconds, b""),), cut=True)

    def _refused(self, wanted: Asked, label: str, refusal: Refusal, seconds: float) -> None:
        self._note(self._without_answer(wanted, refusal.code, seconds), label, refusal)

    def _without_answer(self, wanted: Asked, outcome: str, seconds: float) -> Call:
        name, model = wanted.operation.name, wanted.parameters["modelId"]
        return Call(at=self._now(), region=wanted.region, operation=name, model=model, outcome=outcome, seconds=seconds)

    def _note(self, call: Call, label: str, refusal: Refusal | None) -> None:
        self.calls.append(call)
        for each in data(call, label, refusal):
            self.data.append(each)
            if self._listen:
                self._listen(each)

    def _meter(self, target: Target) -> Meter:
        return self._meters.setdefault(target.quota, Meter(Quota()))


def _prompt(wanted: Asked, target: Target) -> Prompt:
    """Return what a model is asked. Raises `Refused`, in the words of github.com/RooCodeInc/Roo-Code/issues/248."""
    if "messages" in wanted.parameters:
        prompt = converse_prompt(wanted.parameters)
    else:
        prompt = invoke_prompt(target.model.id, wanted.parameters.get("body", b""))
    most = target.model.max_tokens
    if (prompt.max_tokens or 0) > most:
        raise invalid(
            f"The maximum tokens you requested exceeds the model limit of {most}. Try again with a maximum tokens "
            f"value that is lower than {most}."
        )
    if prompt.tokens >= target.model.context:
        raise Refused(TOO_LONG)
    return prompt


def _said(wanted: Asked, target: Target, prompt: Prompt) -> Said:
    """Return a model's answer: it says who answers, and then goes on for as long as such answers are."""
    model = target.model
    length = min(model.answer_tokens, prompt.max_tokens or model.max_tokens)
    words = [f"[{wanted.region} {wanted.parameters['modelId']}]", *(" tide" for _ in range(length - 1))]
    deltas = ["".join(words[start : start + _TOKENS_A_DELTA]) for start in range(0, length, _TOKENS_A_DELTA)]
    said = Said(model.id, tuple(deltas), prompt.tokens, length, stopped=length < model.answer_tokens)
    return Said(
        said.model, said.deltas, said.input_tokens, length, said.stopped, round(answering.duration(model, said) * 1000)
    )
