"""What the CDK CLI leaves behind when it takes the app down, and that it can come back."""

from tests.e2e.cloud import E2ECloud
from tests.e2e.view import SOON
from tidegate.loop.delivery import SWEEP_EVERY_MINUTES

SWEEP_SECONDS = 60 * SWEEP_EVERY_MINUTES


def test_destroy_leaves_the_table_and_nothing_else_and_a_second_deployment_works(cloud: E2ECloud) -> None:
    table = cloud.output("Table")
    machine, *_ = cloud.fleet("outlived", spot=2)
    cloud.warn(machine, cloud.drill("outlived"))
    cloud.wait_for(lambda: cloud.incident(machine), SOON, "an incident that is to outlive the stack")

    alarm = f"tidegate/{cloud.stack.removeprefix('Tidegate-')}/cpu/outlived"
    cloud.wait_for(lambda: alarm in cloud.alarms(), SWEEP_SECONDS + SOON, "the fleet's alarm")

    cloud.destroy()

    assert cloud.alarms() == []
    assert left_behind(cloud) == {"tables": [table]}
    assert cloud.incident(machine)["group"] == "outlived"

    # In an account it gets a table of its own; ministack names it alike, and puts an empty one in the old one's place.
    cloud.deploy()

    other = next(one for one in cloud.region.machines("outlived") if one.state == "InService" and one.market == "spot")
    cloud.warn(other, cloud.drill("outlived"))
    cloud.wait_for(lambda: cloud.incident(other), SOON, "an incident of the second deployment")
    assert "the mode is observe" in cloud.incident(other)["decision"]
    assert cloud.releases(other) == 0


def left_behind(cloud: E2ECloud) -> dict[str, list[str]]:
    """Return what stands in the account by kind, without what is the bootstrap's; a kind with nothing is left out."""
    found = {
        "stacks": [one["StackName"] for one in cloud.client("cloudformation").describe_stacks()["Stacks"]],
        "tables": cloud.client("dynamodb").list_tables()["TableNames"],
        "functions": [one["FunctionName"] for one in cloud.client("lambda").list_functions()["Functions"]],
        "mappings": [one["UUID"] for one in cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]],
        "queues": cloud.client("sqs").list_queues().get("QueueUrls", []),
        "topics": [one["TopicArn"] for one in cloud.client("sns").list_topics()["Topics"]],
        "rules": [one["Name"] for one in cloud.client("events").list_rules()["Rules"]],
        "schedules": [one["Name"] for one in cloud.client("scheduler").list_schedules()["Schedules"]],
        "alarms": [one["AlarmName"] for one in cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]],
        "parameters": [one["Name"] for one in cloud.client("ssm").describe_parameters()["Parameters"]],
        "logs": [one["logGroupName"] for one in cloud.client("logs").describe_log_groups()["logGroups"]],
        "roles": [one["RoleName"] for one in cloud.client("iam").list_roles()["Roles"]],
    }
    bootstrap = ("CDKToolkit", "cdk-", "/cdk-bootstrap/")
    ours = {kind: [name for name in names if not name.startswith(bootstrap)] for kind, names in found.items()}
    return {kind: names for kind, names in ours.items() if names}
