"""A fake Bedrock: all its Regions, on a clock that is passed in, the same each time it is asked the same.

Requests are read and answers written by botocore's service models. What is behind them is in the modules beside this
one: `catalog` (what there is to be called), `quota` (what it refuses), `trouble` (what is scripted to go wrong).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import RLock
from typing import Final

from tidegate.desk.bedrock import answering, control, reply
from tidegate.desk.bedrock.catalog import usual
from tidegate.desk.bedrock.ledger import CUT, OK, Call, Datum, data
from tidegate.desk.bedrock.lookup import Catalog
from tidegate.desk.bedrock.quota import Meter, Quota
from tidegate.desk.bedrock.refusal import Refusal, Refused
from tidegate.desk.bedrock.reply import Piece, Reply
from tidegate.desk.bedrock.request import Asked, Request, asked
from tidegate.desk.bedrock.said import Prompt
from tidegate.desk.bedrock.things import Alias, Foundation, Profile, Target
from tidegate.desk.bedrock.thinking import answer_of, prompt_of
from tidegate.desk.bedrock.trouble import Script, Scripted, Trouble

_INFERENCE: Final = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")
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
        self.calls.append(self._call(wanted, outcome, said.seconds))
        return Reply(said.status, said.headers, said.pieces, cut=True) if trouble.cut else said

    def _inference(self, wanted: Asked) -> Reply:
        model_id = wanted.parameters["modelId"]
        trouble = self._script.take(self._now(), wanted.region, model_id, wanted.operation.name) or _FINE
        # A trouble of streams meets an operation that has none in place of its answer.
        late = trouble.after_deltas is not None and answering.streams(wanted.operation)
        label = model_id
        try:
            target = self.catalog.target(wanted.region, model_id)
            label = target.label
            if trouble.refusal and not late:
                raise Refused(trouble.refusal)
            if trouble.cut and not late:
                self._note(self._call(wanted, CUT, trouble.seconds), label, None)
                return Reply(200, {}, (Piece(trouble.seconds, b""),), cut=True)
            return self._admitted(wanted, target, prompt_of(wanted, target.model), trouble)
        except Refused as no:
            self._note(self._call(wanted, no.refusal.code, trouble.seconds), label, no.refusal)
            return reply.refuse(no.refusal, trouble.seconds)

    def _admitted(self, wanted: Asked, target: Target, prompt: Prompt, trouble: Trouble) -> Reply:
        now, model, meter = self._now(), target.model, self._meter(target)
        reserved = prompt.tokens + (prompt.max_tokens or model.max_tokens)
        if refusal := meter.refusal(now, reserved):
            raise Refused(refusal)
        said = answer_of(wanted, model, prompt)
        made = answering.answered(wanted.operation, model, said, trouble)
        charged = said.input_tokens + said.output_tokens * model.burndown
        meter.reserve(now, reserved, settled=charged, ends=now + made.seconds)
        outcome = CUT if trouble.cut else trouble.refusal.code if trouble.refusal else OK
        call = replace(
            self._call(wanted, outcome, made.seconds),
            destinations=target.destinations,
            processed=target.destinations[len(self.calls) % len(target.destinations)],
            input_tokens=said.input_tokens,
            output_tokens=said.output_tokens,
            reserved=reserved,
            charged=charged,
        )
        self._note(call, target.label, trouble.refusal)
        return made

    def _call(self, wanted: Asked, outcome: str, seconds: float) -> Call:
        named = wanted.parameters.get("modelId") or wanted.parameters.get("inferenceProfileIdentifier", "")
        name = wanted.operation.name
        return Call(at=self._now(), region=wanted.region, operation=name, model=named, outcome=outcome, seconds=seconds)

    def _note(self, call: Call, label: str, refusal: Refusal | None) -> None:
        self.calls.append(call)
        for each in data(call, label, refusal):
            self.data.append(each)
            if self._listen:
                self._listen(each)

    def _meter(self, target: Target) -> Meter:
        return self._meters.setdefault(target.quota, Meter(Quota()))
