"""What an application needs that follows Tidegate's routes: a policy to attach to its role."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.acknowledge import acknowledge
from cdk.model_grants import BUS, routes_of
from cdk.worker import wildcard_finding
from tidegate.policy.report import DETAIL_TYPE, SOURCE

_ANY_MODEL = "An application may follow any model of the stage: a document names routes and Regions, and no secret."


class ClientPolicy(Construct):
    """A managed policy: to read the route documents of a stage, and to report routes that fail.

    Calling a model isn't in it: which ones an application may call is its owner's to say.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: str) -> None:
        super().__init__(scope, construct_id)
        routes = routes_of(stage)
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            description=f"Tidegate, stage {stage}: follow the routes of its models, and report those that fail",
            statements=[
                iam.PolicyStatement(sid="FollowRoutes", actions=["ssm:GetParameter"], resources=[routes]),
                iam.PolicyStatement(
                    sid="ReportRoutes",
                    actions=["events:PutEvents"],
                    resources=[BUS],
                    conditions={"StringEquals": {"events:source": SOURCE, "events:detail-type": DETAIL_TYPE}},
                ),
            ],
        )
        acknowledge(self.policy, {wildcard_finding(routes): _ANY_MODEL})
