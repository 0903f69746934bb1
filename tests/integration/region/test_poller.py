"""Lambda's poller: which messages are deleted, which come back, and when they are given up."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidegate import process, runtime
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault, Killed
from tidegate.reactions.spot_interruption import pattern


class Handler:
    """Answers what it is told to, delivery by delivery, and remembers the batches."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.batches: list[list[str]] = []
        self.receives: list[str] = []

    def __call__(self, event: Any, context: Any) -> Any:
        self.batches.append([each["messageId"] for each in event["Records"]])
        self.receives.append(event["Records"][0]["attributes"]["ApproximateReceiveCount"])
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, BaseException):
            raise answer
        return answer(self.batches[-1]) if callable(answer) else answer


def failures(*indices: int) -> Any:
    def answer(ids: list[str]) -> Any:
        return {"batchItemFailures": [{"itemIdentifier": ids[index]} for index in indices]}

    return answer


COMES_BACK: list[Any] = [
    (None, 0),
    ({"batchItemFailures": []}, 0),
    (failures(0), 1),
    (failures(0, 2), 2),
    ({"batchItemFailures": [{"itemIdentifier": "nobody"}]}, 3),
    (ValueError("a bug"), 3),
    (Killed("out of memory"), 3),
]


@pytest.mark.parametrize(("answer", "expected"), COMES_BACK)
def test_what_the_handler_did_not_answer_for_comes_back(answer: Any, expected: int) -> None:
    handler = Handler(answer)
    with Region(handler=handler) as region:
        for _ in range(3):
            region.emit(warning("i-0123456789abcdef0"))
        region.run(1)
        assert len(handler.batches) == 1
        assert region.queue_depths()["tidegate-drill-spot-interruption"] == expected
        region.run(pattern.VISIBILITY_TIMEOUT_SECONDS)

    assert [len(each) for each in handler.batches] == ([3, expected] if expected else [3])
    assert handler.receives == (["1", "2"] if expected else ["1"])


def test_a_batch_holds_ten_and_the_next_follows_at_once() -> None:
    handler = Handler()
    with Region(handler=handler) as region:
        for _ in range(23):
            region.emit(warning("i-0123456789abcdef0"))
        region.run(1)

    assert [len(each) for each in handler.batches] == [10, 10, 3]


def test_a_message_is_given_up_after_its_deliveries() -> None:
    handler = Handler(*[ValueError("a bug")] * 20)
    with Region(handler=handler) as region:
        region.emit(warning("i-0123456789abcdef0"))
        region.run(200)
        assert len(handler.batches) == pattern.MAX_RECEIVES
        assert len(region.dead_letters()) == 1


def test_a_function_out_of_time_dies_at_its_next_call() -> None:
    def slow(event: Any, context: Any) -> None:
        for _ in range(1000):
            runtime.client("sqs").get_queue_url(QueueName="tidegate-drill-wakes.fifo")

    with Region(handler=slow) as region:
        region.emit(warning("i-0123456789abcdef0"))
        region.run(1)
        died = [each for each in region.timeline if each.kind == "died"]
        assert len(region.calls) == pattern.FUNCTION_TIMEOUT_SECONDS / 0.05
        assert "timed out" in died[0].text


def test_a_crash_strikes_after_the_call_took_effect_and_once() -> None:
    def handler(event: Any, context: Any) -> None:
        for body in ("one", "two"):
            runtime.client("sqs").send_message(QueueUrl=process.settings().dead_letters, MessageBody=body)

    with Region(handler=handler) as region:
        region.crash_after(1)
        region.emit(warning("i-0123456789abcdef0"))
        region.run(1)
        assert [each["body"] for each in region.dead_letters()] == ["one"]
        region.run(20)
        assert [each["body"] for each in region.dead_letters()] == ["one", "one", "two"]


def test_faults_are_retried_on_the_virtual_clock() -> None:
    codes: list[str] = []
    faults = [Fault(400, "ThrottlingException"), Fault(500, "InternalFailure")]

    def chaos(call: Call) -> Fault | None:
        return faults.pop() if faults else None

    def handler(event: Any, context: Any) -> None:
        codes.append(runtime.client("ssm").get_parameters(Names=["/tidegate/drill/mode"])["Parameters"][0]["Value"])

    with Region(handler=handler) as region:
        region.chaos(chaos)
        region.emit(warning("i-0123456789abcdef0"))
        region.run(30)
        assert len(region.calls) > 1

    assert codes == ["act"]


def test_the_pauses_between_attempts_are_the_same_for_the_same_seed() -> None:
    def times() -> list[float]:
        def handler(event: Any, context: Any) -> None:
            runtime.client("sqs").list_queues()

        with Region(handler=handler, seed=5) as region:
            region.chaos(lambda call: Fault(400, "ThrottlingException"))
            region.emit(warning("i-0123456789abcdef0"))
            region.run(100)
            return [entry.t for entry in region.timeline]

    assert times() == times()


@pytest.mark.parametrize("service", ["autoscaling", "dynamodb", "ec2", "sqs", "ssm"])
def test_a_fault_reads_as_the_service_would_say_it(service: Any) -> None:
    read: list[str] = []
    calls: dict[str, Any] = {
        "autoscaling": ("describe_auto_scaling_groups", {}),
        "dynamodb": ("list_tables", {}),
        "ec2": ("describe_vpcs", {}),
        "sqs": ("list_queues", {}),
        "ssm": ("get_parameters", {"Names": ["x"]}),
    }

    def handler(event: Any, context: Any) -> None:
        operation, parameters = calls[service]
        try:
            getattr(runtime.client(service), operation)(**parameters)
        except ClientError as error:
            said: Any = error.response
            read.append(said["Error"]["Code"])

    with Region(handler=handler) as region:
        region.chaos(lambda call: Fault(400, "NoneOfThese"))
        region.emit(warning("i-0123456789abcdef0"))
        region.run(30)

    assert read == ["NoneOfThese"]
