"""What each role may do, word for word. A permission more or less than in these tables is a failure."""

from typing import Any, Final

from tests.infrastructure.templates import ACCOUNT, REGION, Template, listed, role_policy, without_hashes

SPOT_INTERRUPTION: Final = "tidegate.reactions.spot_interruption.handler.handler"
CAPACITY_ALARM: Final = "tidegate.reactions.capacity_alarm.handler.handler"
LAUNCH_FAILURE: Final = "tidegate.reactions.launch_failure.handler.handler"
BEDROCK_THROTTLING: Final = "tidegate.reactions.bedrock_throttling.handler.handler"
RECONCILE: Final = "tidegate.loop.reconcile.handler"
SWEEP: Final = "tidegate.loop.sweep.handler"
DRILL: Final = "tidegate.loop.drill.handler"
REMOVAL: Final = "tidegate.loop.removal.handler"

HERE: Final = f"{REGION}:{ACCOUNT}"

type Permission = tuple[str, str, dict[str, Any]]
"""(action, resource, condition)."""

NO_CONDITION: Final[dict[str, Any]] = {}
GROUP_OPTED_IN: Final = {"Null": {"autoscaling:ResourceTag/tidegate:profile": "false"}}
ONLY_THE_MIX: Final = {
    "Null": {
        "autoscaling:ResourceTag/tidegate:profile": "false",
        "autoscaling:LaunchConfigurationName": "true",
        "autoscaling:MaxSize": "true",
        "autoscaling:MinSize": "true",
        "autoscaling:VPCZoneIdentifiers": "true",
    }
}
OUR_TAG_IN_A_GROUP: Final = {
    "ForAllValues:StringEquals": {"aws:TagKeys": ["tidegate:detached"]},
    "Null": {"ec2:ResourceTag/aws:autoscaling:groupName": "false"},
}
DETACHED: Final = {"Null": {"ec2:ResourceTag/tidegate:detached": "false"}}
WITHOUT_ACTIONS: Final = {"ForAllValues:StringEquals": {"cloudwatch:AlarmActions": ["none"]}}
FROM_DRILLS: Final = {"StringEquals": {"events:source": "tidegate.drill"}}
FROM_CLIENTS: Final = {
    "StringEquals": {"events:source": "tidegate.client", "events:detail-type": "Tidegate Model Route Report"}
}

# Resources by the names these tables give them. Logical ids carry a hash, which is left out.
ANY: Final = "*"
ANY_GROUP: Final = f"arn:aws:autoscaling:{HERE}:autoScalingGroup:*:autoScalingGroupName/*"
ANY_INSTANCE: Final = f"arn:aws:ec2:{HERE}:instance/*"
TABLE: Final = f"arn:aws:dynamodb:{HERE}:table/StateTable"
OPEN_INDEX: Final = f"{TABLE}/index/open"
MODE: Final = f"arn:aws:ssm:{HERE}:parameter/tidegate/dev/mode"
KILL_SWITCH: Final = f"arn:aws:ssm:{HERE}:parameter/tidegate/dev/kill-switch"
WAKES: Final = f"arn:aws:sqs:{HERE}:WakesInboxQueue.fifo"
NOTICES: Final = f"arn:aws:sqs:{HERE}:SpotInterruptionReactionInboxQueue"
DEAD_NOTICES: Final = f"arn:aws:sqs:{HERE}:SpotInterruptionReactionInboxDeadLettersQueue"
ALARMS: Final = f"arn:aws:sqs:{HERE}:CapacityAlarmReactionInboxQueue"
DEAD_ALARMS: Final = f"arn:aws:sqs:{HERE}:CapacityAlarmReactionInboxDeadLettersQueue"
LAUNCHES: Final = f"arn:aws:sqs:{HERE}:LaunchFailureReactionInboxQueue"
DEAD_LAUNCHES: Final = f"arn:aws:sqs:{HERE}:LaunchFailureReactionInboxDeadLettersQueue"
REPORTS: Final = f"arn:aws:sqs:{HERE}:BedrockThrottlingReactionInboxQueue"
DEAD_REPORTS: Final = f"arn:aws:sqs:{HERE}:BedrockThrottlingReactionInboxDeadLettersQueue"
ROUTES: Final = f"arn:aws:ssm:{HERE}:parameter/tidegate/dev/routes"
ANY_ROUTE: Final = f"{ROUTES}/*"
ANY_PROFILE: Final = f"arn:aws:bedrock:*:{ACCOUNT}:inference-profile/*"
ANY_APPLICATION_PROFILE: Final = f"arn:aws:bedrock:*:{ACCOUNT}:application-inference-profile/*"
BUS: Final = f"arn:aws:events:{HERE}:event-bus/default"
OWN_ALARMS: Final = f"arn:aws:cloudwatch:{HERE}:alarm:tidegate/dev/*"
SWEEP_FUNCTION: Final = f"arn:aws:lambda:{HERE}:function:SweepWorkerFunction"


def log(function: str) -> str:
    """Return the log group of a function, by its construct."""
    return f"arn:aws:logs:{HERE}:log-group:{function}WorkerLog:*"


FOR_MODELS: Final[list[Permission]] = [
    ("bedrock:GetInferenceProfile", ANY_APPLICATION_PROFILE, NO_CONDITION),
    ("bedrock:GetInferenceProfile", ANY_PROFILE, NO_CONDITION),
    ("ssm:GetParameter", ANY_ROUTE, NO_CONDITION),
    ("ssm:PutParameter", ANY_ROUTE, NO_CONDITION),
]
"""What reconcile may do besides where the stage has models."""

ROLES: Final[dict[str, list[Permission]]] = {
    SPOT_INTERRUPTION: [
        ("autoscaling:DescribeAutoScalingGroups", ANY, NO_CONDITION),
        ("autoscaling:DescribeAutoScalingInstances", ANY, NO_CONDITION),
        ("autoscaling:DescribeLifecycleHooks", ANY, NO_CONDITION),
        ("autoscaling:DetachInstances", ANY_GROUP, GROUP_OPTED_IN),
        ("autoscaling:TerminateInstanceInAutoScalingGroup", ANY_GROUP, GROUP_OPTED_IN),
        ("dynamodb:BatchGetItem", TABLE, NO_CONDITION),
        ("dynamodb:GetItem", TABLE, NO_CONDITION),
        ("dynamodb:PutItem", TABLE, NO_CONDITION),
        ("dynamodb:UpdateItem", TABLE, NO_CONDITION),
        ("ec2:CreateTags", ANY_INSTANCE, OUR_TAG_IN_A_GROUP),
        ("logs:CreateLogStream", log("SpotInterruptionReaction"), NO_CONDITION),
        ("logs:PutLogEvents", log("SpotInterruptionReaction"), NO_CONDITION),
        ("sqs:DeleteMessage", NOTICES, NO_CONDITION),
        ("sqs:GetQueueAttributes", NOTICES, NO_CONDITION),
        ("sqs:ReceiveMessage", NOTICES, NO_CONDITION),
        ("sqs:SendMessage", DEAD_NOTICES, NO_CONDITION),
        ("sqs:SendMessage", NOTICES, NO_CONDITION),
        ("sqs:SendMessage", WAKES, NO_CONDITION),
        ("ssm:GetParameters", KILL_SWITCH, NO_CONDITION),
        ("ssm:GetParameters", MODE, NO_CONDITION),
    ],
    CAPACITY_ALARM: [
        ("autoscaling:DescribeAutoScalingGroups", ANY, NO_CONDITION),
        ("dynamodb:GetItem", TABLE, NO_CONDITION),
        ("logs:CreateLogStream", log("CapacityAlarmReaction"), NO_CONDITION),
        ("logs:PutLogEvents", log("CapacityAlarmReaction"), NO_CONDITION),
        ("sqs:DeleteMessage", ALARMS, NO_CONDITION),
        ("sqs:GetQueueAttributes", ALARMS, NO_CONDITION),
        ("sqs:ReceiveMessage", ALARMS, NO_CONDITION),
        ("sqs:SendMessage", DEAD_ALARMS, NO_CONDITION),
        ("sqs:SendMessage", WAKES, NO_CONDITION),
    ],
    LAUNCH_FAILURE: [
        ("autoscaling:DescribeAutoScalingGroups", ANY, NO_CONDITION),
        ("dynamodb:GetItem", TABLE, NO_CONDITION),
        ("logs:CreateLogStream", log("LaunchFailureReaction"), NO_CONDITION),
        ("logs:PutLogEvents", log("LaunchFailureReaction"), NO_CONDITION),
        ("sqs:DeleteMessage", LAUNCHES, NO_CONDITION),
        ("sqs:GetQueueAttributes", LAUNCHES, NO_CONDITION),
        ("sqs:ReceiveMessage", LAUNCHES, NO_CONDITION),
        ("sqs:SendMessage", DEAD_LAUNCHES, NO_CONDITION),
        ("sqs:SendMessage", WAKES, NO_CONDITION),
    ],
    BEDROCK_THROTTLING: [
        ("dynamodb:GetItem", TABLE, NO_CONDITION),
        ("dynamodb:PutItem", TABLE, NO_CONDITION),
        ("logs:CreateLogStream", log("BedrockThrottlingReaction"), NO_CONDITION),
        ("logs:PutLogEvents", log("BedrockThrottlingReaction"), NO_CONDITION),
        ("sqs:DeleteMessage", REPORTS, NO_CONDITION),
        ("sqs:GetQueueAttributes", REPORTS, NO_CONDITION),
        ("sqs:ReceiveMessage", REPORTS, NO_CONDITION),
        ("sqs:SendMessage", DEAD_REPORTS, NO_CONDITION),
        ("sqs:SendMessage", WAKES, NO_CONDITION),
    ],
    RECONCILE: [
        ("autoscaling:DescribeAutoScalingGroups", ANY, NO_CONDITION),
        ("autoscaling:DescribeAutoScalingInstances", ANY, NO_CONDITION),
        ("autoscaling:DescribeInstanceRefreshes", ANY, NO_CONDITION),
        ("autoscaling:DescribeLifecycleHooks", ANY, NO_CONDITION),
        ("autoscaling:DescribePolicies", ANY, NO_CONDITION),
        ("autoscaling:DescribeScalingActivities", ANY, NO_CONDITION),
        ("autoscaling:DetachInstances", ANY_GROUP, GROUP_OPTED_IN),
        ("autoscaling:SetDesiredCapacity", ANY_GROUP, GROUP_OPTED_IN),
        ("autoscaling:TerminateInstanceInAutoScalingGroup", ANY_GROUP, GROUP_OPTED_IN),
        ("autoscaling:UpdateAutoScalingGroup", ANY_GROUP, ONLY_THE_MIX),
        *FOR_MODELS[:2],
        ("cloudwatch:DescribeAlarms", ANY, NO_CONDITION),
        ("cloudwatch:GetMetricData", ANY, NO_CONDITION),
        ("dynamodb:DeleteItem", TABLE, NO_CONDITION),
        ("dynamodb:PutItem", TABLE, NO_CONDITION),
        ("dynamodb:Query", TABLE, NO_CONDITION),
        ("dynamodb:UpdateItem", TABLE, NO_CONDITION),
        ("ec2:CreateTags", ANY_INSTANCE, OUR_TAG_IN_A_GROUP),
        ("ec2:DescribeInstances", ANY, NO_CONDITION),
        ("ec2:TerminateInstances", ANY_INSTANCE, DETACHED),
        ("logs:CreateLogStream", log("Reconcile"), NO_CONDITION),
        ("logs:PutLogEvents", log("Reconcile"), NO_CONDITION),
        ("sqs:DeleteMessage", WAKES, NO_CONDITION),
        ("sqs:GetQueueAttributes", WAKES, NO_CONDITION),
        ("sqs:ReceiveMessage", WAKES, NO_CONDITION),
        FOR_MODELS[2],
        ("ssm:GetParameters", KILL_SWITCH, NO_CONDITION),
        ("ssm:GetParameters", MODE, NO_CONDITION),
        FOR_MODELS[3],
    ],
    SWEEP: [
        ("autoscaling:DescribeAutoScalingGroups", ANY, NO_CONDITION),
        ("cloudwatch:DeleteAlarms", OWN_ALARMS, NO_CONDITION),
        ("cloudwatch:DescribeAlarms", ANY, NO_CONDITION),
        ("cloudwatch:PutMetricAlarm", OWN_ALARMS, WITHOUT_ACTIONS),
        ("cloudwatch:SetAlarmState", OWN_ALARMS, NO_CONDITION),
        ("dynamodb:GetItem", TABLE, NO_CONDITION),
        ("dynamodb:PutItem", TABLE, NO_CONDITION),
        ("dynamodb:Query", TABLE, NO_CONDITION),
        ("dynamodb:Scan", OPEN_INDEX, NO_CONDITION),
        ("dynamodb:UpdateItem", TABLE, NO_CONDITION),
        ("logs:CreateLogStream", log("Sweep"), NO_CONDITION),
        ("logs:PutLogEvents", log("Sweep"), NO_CONDITION),
        ("sqs:SendMessage", WAKES, NO_CONDITION),
    ],
    DRILL: [
        ("autoscaling:DescribeAutoScalingGroups", ANY, NO_CONDITION),
        ("autoscaling:DescribeAutoScalingInstances", ANY, NO_CONDITION),
        ("autoscaling:DescribeInstanceRefreshes", ANY, NO_CONDITION),
        ("autoscaling:DescribeLifecycleHooks", ANY, NO_CONDITION),
        ("autoscaling:DescribePolicies", ANY, NO_CONDITION),
        ("autoscaling:DescribeScalingActivities", ANY, NO_CONDITION),
        ("bedrock:GetInferenceProfile", ANY_APPLICATION_PROFILE, NO_CONDITION),
        ("bedrock:GetInferenceProfile", ANY_PROFILE, NO_CONDITION),
        ("cloudwatch:DescribeAlarms", ANY, NO_CONDITION),
        ("cloudwatch:GetMetricData", ANY, NO_CONDITION),
        ("cloudwatch:SetAlarmState", OWN_ALARMS, NO_CONDITION),
        ("dynamodb:GetItem", TABLE, NO_CONDITION),
        ("dynamodb:PutItem", TABLE, NO_CONDITION),
        ("dynamodb:Query", TABLE, NO_CONDITION),
        ("ec2:DescribeInstances", ANY, NO_CONDITION),
        ("events:PutEvents", BUS, FROM_DRILLS),
        ("logs:CreateLogStream", log("Drill"), NO_CONDITION),
        ("logs:PutLogEvents", log("Drill"), NO_CONDITION),
        ("ssm:GetParameter", ANY_ROUTE, NO_CONDITION),
        ("ssm:GetParameters", KILL_SWITCH, NO_CONDITION),
        ("ssm:GetParameters", MODE, NO_CONDITION),
    ],
    REMOVAL: [
        ("autoscaling:DescribeAutoScalingGroups", ANY, NO_CONDITION),
        ("autoscaling:UpdateAutoScalingGroup", ANY_GROUP, ONLY_THE_MIX),
        ("cloudwatch:DeleteAlarms", OWN_ALARMS, NO_CONDITION),
        ("cloudwatch:DescribeAlarms", ANY, NO_CONDITION),
        ("dynamodb:Query", TABLE, NO_CONDITION),
        ("dynamodb:Scan", OPEN_INDEX, NO_CONDITION),
        ("logs:CreateLogStream", log("Removal"), NO_CONDITION),
        ("logs:PutLogEvents", log("Removal"), NO_CONDITION),
        ("ssm:DeleteParameters", ANY_ROUTE, NO_CONDITION),
        ("ssm:GetParametersByPath", ROUTES, NO_CONDITION),
    ],
}
"""The roles of the functions, by their handlers."""

SCHEDULE: Final[list[Permission]] = [("lambda:InvokeFunction", SWEEP_FUNCTION, NO_CONDITION)]
"""The role of the schedule."""

CLIENT: Final[list[Permission]] = [
    ("events:PutEvents", BUS, FROM_CLIENTS),
    ("ssm:GetParameter", ANY_ROUTE, NO_CONDITION),
]
"""The policy for applications."""


def permissions(template: Template, role: str) -> list[Permission]:
    """Return everything that the role with a logical id is allowed, sorted."""
    return allowed(template, role_policy(template, role)["Statement"])


def allowed(template: Template, statements: list[dict[str, Any]]) -> list[Permission]:
    """Return everything that some statements allow, sorted."""
    found: list[Permission] = []
    for statement in statements:
        assert statement["Effect"] == "Allow"
        found += [
            (action, without_hashes(template, resource), statement.get("Condition", NO_CONDITION))
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        ]
    return sorted(found, key=lambda permission: permission[:2])
