"""Several functions in one Region: each with its own process, environment, source, log and role."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidegate import process, runtime
from tidegate.desk.region import schedule
from tidegate.desk.region.app import APP, Schedule
from tidegate.desk.region.invocation import Answer
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Fault, Killed


def quiet(event: Any, context: Any) -> None:
    """Do nothing."""


def seen(region: Region, *kinds: str) -> list[tuple[float, str, str]]:
    entries = [entry for entry in region.timeline if entry.kind in kinds]
    return [(entry.t, entry.kind, entry.data["function"]) for entry in entries]


def allow(*actions: str) -> list[dict[str, Any]]:
    return [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]


def test_a_handler_is_imported_at_its_first_invocation_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "imported_late.py").write_text("def handler(event, context):\n    return 'here'\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with Region(handlers={"drill": "imported_late.handler"}, loop=True) as region:
        assert "imported_late" not in sys.modules
        assert region.invoke("drill", {}) == Answer("here")
    del sys.modules["imported_late"]


def test_a_handler_that_is_not_there_fails_its_invocation_only() -> None:
    with Region(handlers={"drill": "tidegate.nowhere.handler"}) as region:
        answer = region.invoke("drill", {})

    assert (answer.error, answer.payload["errorType"]) == ("Unhandled", "ModuleNotFoundError")


def test_a_function_that_does_not_exist_has_no_handler_to_replace() -> None:
    names = "spot-interruption, capacity-alarm, launch-failure, bedrock-throttling, reconcile, sweep, drill"
    with pytest.raises(ValueError, match=f"no function is named sweeep: {names}"):
        Region(handlers={"sweeep": quiet})


def test_a_direct_invocation_answers_and_takes_time() -> None:
    def handler(event: Any, context: Any) -> Any:
        runtime.client("sqs").list_queues()
        return {"said": event["say"], "by": context.function_name}

    with Region(handlers={"drill": handler}) as region:
        answer = region.invoke("drill", {"say": "hello"})
        assert answer == Answer({"said": "hello", "by": "tidegate-drill-drill"})
        assert region.world.now() == pytest.approx(0.7)
        assert [(kind, name) for _, kind, name in seen(region, "invoke", "cold", "call")] == [
            ("invoke", "drill"),
            ("cold", "drill"),
            ("call", "drill"),
        ]


def slow(event: Any, context: Any) -> None:
    while True:
        runtime.client("sqs").list_queues()


FAILURES: list[Any] = [
    (ValueError("a bug"), "ValueError", "a bug", "failed"),
    (Killed("out of memory"), "Runtime.ExitError", "out of memory", "died"),
    (None, "Sandbox.Timedout", "timed out", "died"),
]


@pytest.mark.parametrize(("error", "kind", "why", "told"), FAILURES)
def test_errors_are_answered_as_lambda_does(error: BaseException | None, kind: str, why: str, told: str) -> None:
    def handler(event: Any, context: Any) -> None:
        if error:
            raise error
        slow(event, context)

    with Region(handlers={"drill": handler}) as region:
        answer = region.invoke("drill", {})
        assert (answer.error, answer.payload["errorType"]) == ("Unhandled", kind)
        assert why in answer.payload["errorMessage"]
        assert [name for _, _, name in seen(region, told)] == ["drill"]


@pytest.mark.parametrize(("error", "starts"), [(ValueError("a bug"), 1), (Killed("out of memory"), 2)])
def test_a_process_outlives_an_exception_and_no_death(error: BaseException, starts: int) -> None:
    def handler(event: Any, context: Any) -> None:
        raise error

    with Region(handlers={"drill": handler}) as region:
        for _ in range(2):
            region.invoke("drill")
        assert len(seen(region, "cold")) == starts


def test_each_function_has_a_process_of_its_own() -> None:
    settings: list[int] = []
    modes: list[bool] = []

    def handler(event: Any, context: Any) -> None:
        settings.append(id(process.settings()))
        modes.append(runtime.mode_reader().read(now=0).act)

    with Region(handlers={"sweep": handler, "drill": handler}) as region:
        for name in ("sweep", "drill", "sweep"):
            region.invoke(name)
            region.set_mode(mode="observe")
        assert settings[0] == settings[2] != settings[1]
        assert modes == [True, False, True]
        assert region.calls_of("sweep") == ("ssm:GetParameters",)
        assert region.calls == ("ssm:GetParameters",) * 2


def test_each_function_has_the_environment_that_the_stack_sets() -> None:
    queues: dict[str, list[str]] = {}

    def handler(event: Any, context: Any) -> None:
        settings = process.settings()
        assert (settings.stage, settings.table) == ("drill", "tidegate-drill")
        told = ("TIDEGATE_WAKES", "TIDEGATE_DEAD_LETTERS")
        queues[context.function_name] = [os.environ[name].rsplit("/", 1)[-1] for name in told if name in os.environ]

    with Region(handlers={each.name: handler for each in APP}) as region:
        answers = [region.invoke(each.name, {"Records": []}) for each in APP]

    assert answers == [Answer(None)] * len(APP)
    assert queues == {
        "tidegate-drill-spot-interruption": [
            "tidegate-drill-wakes.fifo",
            "tidegate-drill-spot-interruption-dead-letters",
        ],
        "tidegate-drill-capacity-alarm": ["tidegate-drill-wakes.fifo", "tidegate-drill-capacity-alarm-dead-letters"],
        "tidegate-drill-launch-failure": ["tidegate-drill-wakes.fifo", "tidegate-drill-launch-failure-dead-letters"],
        "tidegate-drill-bedrock-throttling": [
            "tidegate-drill-wakes.fifo",
            "tidegate-drill-bedrock-throttling-dead-letters",
        ],
        "tidegate-drill-reconcile": [],
        "tidegate-drill-sweep": ["tidegate-drill-wakes.fifo"],
        "tidegate-drill-drill": [],
        "tidegate-drill-removal": [],
    }


def test_nothing_of_the_loop_runs_unless_it_is_asked_for() -> None:
    with Region(handlers={"reconcile": quiet, "sweep": quiet}) as region:
        send(region, "a", "one")
        region.run(300)
        assert (region.wakes(), seen(region, "invoke")) == (("one",), [])
        assert region.queue_depths()["tidegate-drill-wakes.fifo"] == 1


def send(region: Region, group: str, body: str) -> None:
    url = region.deployment.wakes_url
    region.client("sqs").send_message(
        QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=f"{group}/{body}"
    )


def test_the_sweep_runs_every_minute_with_its_scheduled_time() -> None:
    times: list[str] = []

    def sweep(event: Any, context: Any) -> None:
        times.append(event["time"])

    with Region(handlers={"sweep": sweep}, loop=True) as region:
        region.run(185)
        assert [t for t, *_ in seen(region, "invoke")] == [60, 120, 180]

    assert times == ["2026-03-02T09:01:00Z", "2026-03-02T09:02:00Z", "2026-03-02T09:03:00Z"]


@pytest.mark.parametrize(
    ("retries", "max_age", "attempts"),
    [
        (0, 60, [60.65]),
        (1, 60, [60.65]),  # Lambda waits a minute: by then the event is too old
        (1, 90, [60.65, 120.65]),
        (2, 21600, [60.65, 120.65, 240.65]),
    ],
)
def test_a_scheduled_invocation_that_fails_is_repeated_as_far_as_its_configuration_lets_lambda(
    retries: int, max_age: float, attempts: list[float]
) -> None:
    def fail(event: Any, context: Any) -> None:
        if event["time"].endswith("09:01:00Z"):
            raise ValueError("a bug")

    with Region(handlers={"sweep": fail}) as region:
        schedule.start(region.world, Schedule(60, retries=retries, max_age=max_age), region.functions["sweep"])
        region.run(600)
        assert [t for t, *_ in seen(region, "failed")] == pytest.approx(attempts)
        assert len(seen(region, "dropped")) == 1


def test_each_log_has_the_lines_of_its_function() -> None:
    def handler(event: Any, context: Any) -> None:
        runtime.logger.info(f"this is {context.function_name}")

    with Region(handler=handler, handlers={"drill": handler}) as region:
        region.invoke("drill")
        region.emit(warning("i-0123456789abcdef0"))
        region.run(1)
        assert ["drill-drill" in line for line in region.logs_of("drill")] == [True]
        assert ["spot-interruption" in line for line in region.logs] == [True]


def test_each_function_has_a_role_and_writes_its_log_under_it() -> None:
    codes: list[str] = []

    def handler(event: Any, context: Any) -> None:
        runtime.logger.info("asking")
        try:
            runtime.client("sqs").list_queues()
            codes.append("ok")
        except ClientError as error:
            said: Any = error.response
            codes.append(said["Error"]["Code"])

    with Region(handlers={"sweep": handler, "drill": handler}) as region:
        region.assume(allow("logs:*"), function="drill")
        region.assume(allow("sqs:ListQueues"), function="sweep")
        region.invoke("drill")
        region.invoke("sweep")
        assert codes == ["AccessDeniedException", "ok"]
        assert [need.action for need in region.denied] == ["sqs:ListQueues", "logs:CreateLogStream"]
        events = region.client("logs").filter_log_events(logGroupName="/aws/lambda/tidegate-drill-drill")["events"]
        assert ["asking" in each["message"] for each in events] == [True]


def test_faults_and_crashes_can_be_aimed_at_one_function() -> None:
    def handler(event: Any, context: Any) -> None:
        runtime.client("sqs").list_queues()

    with Region(handlers={"sweep": handler, "drill": handler}) as region:
        region.chaos(lambda call: Fault(400, "NoneOfThese") if call.function == "drill" else None)
        assert [region.invoke(name).error for name in ("sweep", "drill")] == [None, "Unhandled"]
        region.chaos(None)
        region.crash_after(1, "drill")
        assert [region.invoke(name).error for name in ("sweep", "drill", "drill")] == [None, "Unhandled", None]
