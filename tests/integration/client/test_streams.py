import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EventStreamError

from tests.integration.client.world import DUBLIN, HOME, PROFILE, World, eventually, published, route_of, stream, text
from tidegate.client.stream import BROKEN, Cut, FollowedStream, Late
from tidegate.desk.bedrock import refusal
from tidegate.desk.bedrock.trouble import TOO_MANY_REQUESTS, Trouble, cut_stream, in_stream

THROTTLED = refusal.TOO_MANY_REQUESTS


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(refusal=THROTTLED, after_deltas=0, before_start=True),
        in_stream(THROTTLED),
        cut_stream(),
        TOO_MANY_REQUESTS,
    ],
)
def test_a_stream_that_fails_before_its_first_output_begins_again_on_the_next_route(
    world: World, trouble: Trouble
) -> None:
    world.fake.script(trouble, region=HOME.region, model=HOME.id)
    answer = stream(world.client())
    events = list(answer["stream"])
    assert [next(iter(one)) for one in events][:2] == ["messageStart", "contentBlockDelta"]
    assert sum("messageStart" in one for one in events) == 1
    assert text(events)
    assert route_of(answer) == "dublin"
    assert [one.region for one in world.fake.called()] == ["eu-central-1", "eu-west-1"]


def test_a_stream_goes_from_route_to_route_until_one_has_output(world: World) -> None:
    for one in (HOME, DUBLIN):
        world.fake.script(in_stream(THROTTLED), region=one.region, model=one.id)
    answer = stream(world.client())
    assert text(answer["stream"])
    assert route_of(answer) == "profile"
    assert [one["route"] for one in answer["ResponseMetadata"]["Tidegate"]["failed"]] == ["home", "dublin"]


def heard(answer: Any) -> tuple[str, type[Exception] | None]:
    """Return what a caller gets of a stream, and the error that it ends with."""
    events: list[Any] = []
    try:
        events.extend(answer["stream"])
    except BROKEN as error:
        return text(events), type(error)
    return text(events), None


def test_a_stream_that_had_output_is_never_begun_again_and_the_throttle_is_told(world: World) -> None:
    world.fake.script(in_stream(THROTTLED, after_deltas=2))
    said, error = heard(stream(world.client()))
    assert (bool(said), error) == (True, EventStreamError)
    assert len(world.fake.called()) == 1
    assert eventually(lambda: world.stage.reports == [("home", "throttled", 1)])


def test_a_stream_that_is_cut_after_output_is_never_begun_again(world: World) -> None:
    world.fake.script(cut_stream(after_deltas=2))
    said, _ = heard(stream(world.client()))
    assert said
    assert len(world.fake.called()) == 1


def test_when_all_routes_fail_before_output_the_streams_error_is_the_callers(world: World) -> None:
    world.fake.script(in_stream(THROTTLED))
    answer = stream(world.client())
    with pytest.raises(EventStreamError, match="throttlingException"):
        list(answer["stream"])
    assert {one.region for one in world.fake.called()} == {HOME.region, DUBLIN.region}
    assert {one.model for one in world.fake.called()} == {HOME.id, PROFILE.id}


def test_the_route_that_takes_over_may_refuse_and_the_next_one_still_answers(world: World) -> None:
    world.fake.script(in_stream(THROTTLED), region=HOME.region, model=HOME.id)
    world.fake.script(TOO_MANY_REQUESTS, region=DUBLIN.region)
    answer = stream(world.client())
    assert text(answer["stream"])
    assert route_of(answer) == "profile"


def test_chunks_of_invoke_model_begin_again_too(world: World) -> None:
    world.fake.script(in_stream(THROTTLED), region=HOME.region, model=HOME.id)
    body = json.dumps({"anthropic_version": "x", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]})
    answer = world.client().invoke_model_with_response_stream(modelId="tidegate:chat", body=body)
    chunks = [json.loads(one["chunk"]["bytes"]) for one in answer["body"]]
    assert chunks
    assert route_of(answer) == "dublin"
    assert len(world.fake.called()) == 2


def test_a_stream_may_be_left_early_and_closed(world: World) -> None:
    answer = stream(world.client())
    assert "messageStart" in next(iter(answer["stream"]))
    answer["stream"].close()


def test_the_deadline_holds_also_for_a_stream_that_begins_again(world: World) -> None:
    world.stage.document = published(HOME)
    world.fake.script(in_stream(THROTTLED))
    answer = stream(world.client(deadline_seconds=0.3))
    world.ticks.wait(0.29)
    with pytest.raises(EventStreamError):
        list(answer["stream"])
    assert len(world.fake.called()) == 1


@pytest.mark.parametrize("left", [0.0, 1.0])
def test_a_stream_that_only_ever_begins_ends_with_the_callers_time(left: float) -> None:
    closed: list[bool] = []

    class Beginning:
        """Each event comes in time, and no output."""

        def __iter__(self) -> Iterator[Any]:
            yield from [{"messageStart": {}}, {"contentBlockStart": {}}]

        def close(self) -> None:
            """Take it down."""
            closed.append(True)

    def instead(error: Exception) -> Any:
        raise error

    with pytest.raises(Cut if left else Late):
        list(FollowedStream(Beginning(), instead, late_now=lambda: not left))
    assert closed
