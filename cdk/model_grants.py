"""What functions may do for models: the exact statements, each in one place."""

from typing import Final

from aws_cdk import Aws

from cdk.worker import Worker
from tidegate.policy.document import prefix

BUS: Final = f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:event-bus/default"

_PROFILES: Final = tuple(
    f"arn:{Aws.PARTITION}:bedrock:*:{Aws.ACCOUNT_ID}:{kind}/*"
    for kind in ("inference-profile", "application-inference-profile")
)
_ANY_MODEL = "Documents are named by stage and model; models come and go with the policy."
_ANY_PROFILE = "A route may name any inference profile of the account, in any source Region: it is only looked at."


def may_publish_routes(worker: Worker, stage: str) -> None:
    """Let a function write the route documents of a stage, and ask Bedrock where profiles process data."""
    worker.allow(
        "PublishRoutes",
        actions=["ssm:GetParameter", "ssm:PutParameter"],
        resources=[routes_of(stage)],
        any_because=_ANY_MODEL,
    )
    _may_resolve_profiles(worker)


def may_look_at_routes(worker: Worker, stage: str) -> None:
    """Let a function read the route documents of a stage, and ask Bedrock where profiles process data."""
    worker.allow("ReadRoutes", actions=["ssm:GetParameter"], resources=[routes_of(stage)], any_because=_ANY_MODEL)
    _may_resolve_profiles(worker)


def may_withdraw_routes(worker: Worker, stage: str) -> None:
    """Let a function find the route documents of a stage, and delete them.

    They are listed on the path itself: that is what a refusal names (aws/aws-dotnet-extensions-configuration#108).
    """
    path = routes_of(stage).removesuffix("/*")
    worker.allow("FindRoutes", actions=["ssm:GetParametersByPath"], resources=[path])
    worker.allow(
        "WithdrawRoutes", actions=["ssm:DeleteParameters"], resources=[routes_of(stage)], any_because=_ANY_MODEL
    )


def _may_resolve_profiles(worker: Worker) -> None:
    worker.allow(
        "ResolveProfiles",
        actions=["bedrock:GetInferenceProfile"],
        resources=list(_PROFILES),
        any_because=_ANY_PROFILE,
    )


def routes_of(stage: str) -> str:
    """Return the ARN of all route documents of a stage."""
    return f"arn:{Aws.PARTITION}:ssm:{Aws.REGION}:{Aws.ACCOUNT_ID}:parameter{prefix(stage)}*"
