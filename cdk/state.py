"""What a stage remembers, and the two switches by which a person governs it."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from tidegate.policy.mode import MODES, SWITCH_POSITIONS

OPEN_INDEX = "open"
"""The incidents that are open, by their target: only these bear the attribute `open`."""


class State(Construct):
    """The table of incidents, losses and decisions; the mode and the kill switch.

    CloudFormation writes a parameter when it creates it and when its own lines of the template change, at no other
    time: what a person has set since stays through a deployment. So leave the lines of `mode` and `kill_switch` as
    they are. Should they ever change, both fall back together, and to `observe`, in which nothing is touched.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: str) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute="expires",
            # Nothing for months, then a wave: capacity can't be planned.
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            # It explains what was done to machines, so it outlives the stack; without a name, so that a second
            # deployment doesn't collide with what the first one left.
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.open_index = OPEN_INDEX
        self.table.add_global_secondary_index(
            index_name=OPEN_INDEX,
            partition_key=dynamodb.Attribute(name="open", type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.mode = ssm.StringParameter(
            self,
            "Mode",
            parameter_name=f"/tidegate/{stage}/mode",
            string_value="observe",
            allowed_pattern=_one_of(MODES),
            description="observe: decide, record, change nothing. act: release machines too.",
        )
        self.kill_switch = ssm.StringParameter(
            self,
            "KillSwitch",
            parameter_name=f"/tidegate/{stage}/kill-switch",
            string_value="off",
            allowed_pattern=_one_of(SWITCH_POSITIONS),
            description="on: begin nothing new; what was begun finishes, and the journal goes on.",
        )


def _one_of(values: tuple[str, ...]) -> str:
    """Return the pattern by which SSM refuses any other value, a misspelt `act` among them."""
    return f"^({'|'.join(values)})$"
