"""What the stack deploys, made in moto from the same plain data that the CDK app reads."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tidegate.desk.region.clients import Clients
from tidegate.desk.region.environ import environment
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.loop import delivery as wakes
from tidegate.policy.read import dump, parse
from tidegate.reactions.spot_interruption import pattern

STAGE: Final = "drill"

POLICY: Final[Mapping[str, Any]] = {"stage": {STAGE: {}}, "profile": {"default": {}}}
"""The policy of a Region that is given none: one profile, with every default."""

FUNCTION: Final = f"tidegate-{STAGE}-spot-interruption"
HANDLER: Final = "tidegate.reactions.spot_interruption.handler.handler"


@dataclass(frozen=True, slots=True)
class Deployment:
    """Names and addresses of what stands in the Region."""

    table: str
    queue_url: str
    dead_letters_url: str
    wakes_url: str
    wakes_dead_letters_url: str
    mode: str
    kill_switch: str
    log_group: str = f"/aws/lambda/{FUNCTION}"

    def arn(self, url: str) -> str:
        """Return the ARN of a queue by its address."""
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rsplit('/', 1)[-1]}"

    @property
    def table_arn(self) -> str:
        """The table's ARN."""
        return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{self.table}"

    def environment(self, task_root: Path) -> dict[str, str]:
        """Return what the stack sets for the function, and what Lambda sets for every one.

        AWS_RETRY_MODE is `standard` here: once throttled, `adaptive` waits on a condition variable until time.time()
        has moved on (botocore/retries/bucket.py, TokenBucket._acquire), which on a stopped clock is for ever.
        AWS_DATA_PATH is not needed: this process's own botocore is the one whose service model the asset ships.
        """
        return {
            "TIDEGATE_STAGE": STAGE,
            "TIDEGATE_TABLE": self.table,
            "TIDEGATE_WAKES": self.wakes_url,
            "TIDEGATE_DEAD_LETTERS": self.dead_letters_url,
            "TIDEGATE_MODE": self.mode,
            "TIDEGATE_KILL_SWITCH": self.kill_switch,
            "POWERTOOLS_SERVICE_NAME": "tidegate",
            "POWERTOOLS_METRICS_NAMESPACE": "Tidegate",
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "AWS_RETRY_MODE": "standard",
            "AWS_MAX_ATTEMPTS": "3",
            "LAMBDA_TASK_ROOT": str(task_root),
            "AWS_LAMBDA_FUNCTION_NAME": FUNCTION,
        }


def deploy(clients: Clients, *, mode: str, kill_switch: str) -> Deployment:
    """Create table, parameters, queues, rules and log group."""
    sqs = clients("sqs")
    dead_letters = make_queue(sqs, f"{FUNCTION}-dead-letters")
    queue = make_queue(sqs, FUNCTION, pattern.VISIBILITY_TIMEOUT_SECONDS, dead_letters, pattern.MAX_RECEIVES)
    wakes_dead = make_queue(sqs, f"tidegate-{STAGE}-wakes-dead-letters.fifo")
    wake_queue = make_queue(
        sqs, f"tidegate-{STAGE}-wakes.fifo", wakes.VISIBILITY_TIMEOUT_SECONDS, wakes_dead, wakes.MAX_RECEIVES
    )
    deployment = Deployment(
        table=f"tidegate-{STAGE}",
        queue_url=queue[0],
        dead_letters_url=dead_letters[0],
        wakes_url=wake_queue[0],
        wakes_dead_letters_url=wakes_dead[0],
        mode=f"/tidegate/{STAGE}/mode",
        kill_switch=f"/tidegate/{STAGE}/kill-switch",
    )
    make_table(clients("dynamodb"), deployment.table)
    ssm = clients("ssm")
    ssm.put_parameter(Name=deployment.mode, Value=mode, Type="String")
    ssm.put_parameter(Name=deployment.kill_switch, Value=kill_switch, Type="String")
    make_rules(clients("events"), queue[1], dead_letters[1])
    clients("logs").create_log_group(logGroupName=deployment.log_group)
    return deployment


def make_queue(
    sqs: Any, name: str, visibility: int = 30, dead_letters: tuple[str, str] | None = None, receives: int = 0
) -> tuple[str, str]:
    """Create a queue; return its address and ARN."""
    attributes = {"VisibilityTimeout": str(visibility)}
    if name.endswith(".fifo"):
        attributes |= {"FifoQueue": "true", "MessageRetentionPeriod": str(wakes.RETENTION_SECONDS)}
    if dead_letters:
        attributes["RedrivePolicy"] = json.dumps({"deadLetterTargetArn": dead_letters[1], "maxReceiveCount": receives})
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def make_table(client: Any, name: str) -> None:
    """Create the table: on-demand, `pk` and `sk`, items that expire."""
    keys = (("pk", "HASH"), ("sk", "RANGE"))
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
    )
    client.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})


def make_rules(events: Any, queue_arn: str, dead_letters_arn: str) -> None:
    """Create each rule with its queue as target, which waits no longer for an event than the rule says."""
    for name, event_pattern in pattern.RULES.items():
        rule = f"tidegate-{STAGE}-{name}"
        events.put_rule(Name=rule, EventPattern=json.dumps(event_pattern))
        age = {"MaximumEventAgeInSeconds": pattern.MAX_EVENT_AGE_SECONDS[name]}
        target: Any = {"Id": "queue", "Arn": queue_arn, "RetryPolicy": age}
        events.put_targets(Rule=rule, Targets=[target | {"DeadLetterConfig": {"Arn": dead_letters_arn}}])


@contextmanager
def surroundings(deployment: Deployment, policy: Mapping[str, Any]) -> Generator[None]:
    """Keep up the function's environment, and its asset's root with policy.json, while the Region is open."""
    stages: Mapping[str, Any] = policy.get("stage", {})
    checked = parse({**policy, "stage": {STAGE: {}, **stages}}, where="the Region's policy")
    with TemporaryDirectory(prefix="tidegate-") as root:
        (Path(root) / "policy.json").write_text(dump(checked, STAGE), encoding="utf-8")
        with environment(deployment.environment(Path(root))):
            yield
