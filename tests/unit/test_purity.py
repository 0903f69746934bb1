"""What decides is pure: importing a plan brings in nothing that could reach AWS, a clock's owner or a person's desk."""

import subprocess
import sys

import pytest

PURE = [
    "tidegate.fleet.drill",
    "tidegate.fleet.group",
    "tidegate.fleet.judge",
    "tidegate.fleet.notice",
    "tidegate.fleet.notice_path",
    "tidegate.fleet.plan",
    "tidegate.fleet.ports",
    "tidegate.fleet.reconcile",
    "tidegate.fleet.release",
    "tidegate.fleet.strays",
    "tidegate.fleet.sweep",
    "tidegate.model.plan",
    "tidegate.model.ports",
    "tidegate.model.reconcile",
    "tidegate.model.sweep",
    "tidegate.policy.document",
    "tidegate.policy.read",
    "tidegate.model.report",
    "tidegate.reactions.bedrock_throttling.pattern",
    "tidegate.reactions.bedrock_throttling.plan",
    "tidegate.reactions.capacity_alarm.pattern",
    "tidegate.reactions.capacity_alarm.plan",
    "tidegate.reactions.launch_failure.pattern",
    "tidegate.reactions.launch_failure.plan",
    "tidegate.reactions.spot_interruption.pattern",
    "tidegate.loop.delivery",
]
IMPURE = (
    "boto3",
    "botocore",
    "aws_lambda_powertools",
    "moto",
    "aws_cdk",
    "tidegate.desk",
    "tidegate.process",
    "tidegate.runtime",
)


def modules_after(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sys.modules)"
    path = [entry for entry in sys.path if entry]
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stdout.split())


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_reaches_nothing_impure_even_indirectly(module: str) -> None:
    loaded = modules_after(f"import {module}")
    assert module in loaded
    assert [name for name in loaded if name.startswith(IMPURE)] == []


def test_the_notice_handler_brings_in_no_reader_of_toml_and_nothing_of_a_desk() -> None:
    loaded = modules_after("import tidegate.reactions.spot_interruption.handler")
    assert loaded.isdisjoint({"tomllib", "moto", "typer", "rich", "aws_lambda_powertools.utilities.batch"})
    assert not any(name.startswith("tidegate.desk") for name in loaded)
