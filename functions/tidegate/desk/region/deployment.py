"""What the stack deploys, made in moto from the same plain data that the CDK app reads."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tidegate.desk.region import provision, throttle_alarms
from tidegate.desk.region.app import APP, RECONCILE, SPOT_INTERRUPTION, STAGE, FunctionShape, Queue
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.place import ACCOUNT, REGION, queue_arn
from tidegate.desk.region.provision import Inbox
from tidegate.policy.read import Policy, dump, parse

POLICY: Final[Mapping[str, Any]] = {"stage": {STAGE: {}}, "profile": {"default": {}}}
"""The policy of a Region that is given none: one profile, with every default."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Names and addresses of what stands in the Region."""

    inboxes: Mapping[str, Inbox]
    """The queues of the functions that have one, by the function's name."""

    table: str = f"tidegate-{STAGE}"
    mode: str = f"/tidegate/{STAGE}/mode"
    kill_switch: str = f"/tidegate/{STAGE}/kill-switch"
    log_group: str = SPOT_INTERRUPTION.log_group

    @property
    def queue_url(self) -> str:
        """Address of the queue of notices."""
        return self.inboxes[SPOT_INTERRUPTION.name].url

    @property
    def dead_letters_url(self) -> str:
        """Address of the dead letters of notices."""
        return self.inboxes[SPOT_INTERRUPTION.name].dead_letters_url

    @property
    def wakes_url(self) -> str:
        """Address of the FIFO queue of wakes."""
        return self.inboxes[RECONCILE.name].url

    @property
    def wakes_dead_letters_url(self) -> str:
        """Address of the dead letters of wakes."""
        return self.inboxes[RECONCILE.name].dead_letters_url

    def arn(self, url: str) -> str:
        """Return the ARN of a queue by its address."""
        return queue_arn(url)

    @property
    def table_arn(self) -> str:
        """The table's ARN."""
        return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{self.table}"

    def environment(self, function: FunctionShape, task_root: Path) -> dict[str, str]:
        """Return what the stack sets for a function, and what Lambda sets for every one.

        AWS_DATA_PATH is not needed: this process's own botocore is the one whose service model the asset ships. A test
        of the infrastructure compares the rest with the template.
        """
        wakes = {"TIDEGATE_WAKES": self.wakes_url} if function.wakes else {}
        # Only reactions bury messages by themselves, with a reason: those whose queue is fed by rules.
        reacts = isinstance(function.source, Queue) and function.source.rules
        buries = {"TIDEGATE_DEAD_LETTERS": self.inboxes[function.name].dead_letters_url} if reacts else {}
        puts_off = {"TIDEGATE_INBOX": self.inboxes[function.name].url} if function.puts_off else {}
        return {
            "TIDEGATE_STAGE": STAGE,
            "TIDEGATE_TABLE": self.table,
            **wakes,
            **buries,
            **puts_off,
            "TIDEGATE_MODE": self.mode,
            "TIDEGATE_KILL_SWITCH": self.kill_switch,
            "POWERTOOLS_SERVICE_NAME": "tidegate",
            "POWERTOOLS_METRICS_NAMESPACE": "Tidegate",
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "AWS_RETRY_MODE": "standard",
            "AWS_MAX_ATTEMPTS": "2",
            "LAMBDA_TASK_ROOT": str(task_root),
            "AWS_LAMBDA_FUNCTION_NAME": function.full_name,
        }


def checked(policy: Mapping[str, Any]) -> Policy:
    """Return the policy of a Region by tables as in tidegate.toml; its own stage need not be among them."""
    stages: Mapping[str, Any] = policy.get("stage", {})
    return parse({**policy, "stage": {STAGE: {}, **stages}}, where="the Region's policy")


def deploy(clients: Clients, policy: Policy, *, mode: str, kill_switch: str) -> Deployment:
    """Create table, parameters, queues, rules, log groups, and the alarms on routes to models."""
    inboxes = {
        each.name: provision.make_inbox(clients("sqs"), each.source) for each in APP if isinstance(each.source, Queue)
    }
    deployment = Deployment(inboxes)
    provision.make_table(clients("dynamodb"), deployment.table)
    ssm = clients("ssm")
    ssm.put_parameter(Name=deployment.mode, Value=mode, Type="String")
    ssm.put_parameter(Name=deployment.kill_switch, Value=kill_switch, Type="String")
    for each in APP:
        if isinstance(each.source, Queue):
            rules = each.source.rules(STAGE, policy.profiles) if each.source.rules else ()
            provision.make_rules(clients("events"), rules, inboxes[each.name])
        clients("logs").create_log_group(logGroupName=each.log_group)
    region = policy.stages[STAGE].region
    throttle_alarms.put(clients("cloudwatch"), STAGE, policy.models_at(STAGE), region)
    return deployment


@contextmanager
def task_root(policy: Policy) -> Generator[Path]:
    """Keep up the asset's root with policy.json, while the Region is open."""
    with TemporaryDirectory(prefix="tidegate-") as root:
        (Path(root) / "policy.json").write_text(dump(policy, STAGE), encoding="utf-8")
        yield Path(root)
