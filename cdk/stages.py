"""The app: a stack for each stage of the policy, all of them held to the AwsSolutions and Serverless rules."""

from collections.abc import Mapping

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from cdk.stack import TidegateStack
from tidegate.policy.read import Policy


def build(policy: Policy, *, context: Mapping[str, object] | None = None, outdir: str | None = None) -> App:
    """Return the app of `policy`, which nothing has synthesized yet.

    `context` and `outdir` are for tests; from the CDK CLI both come by the environment.
    """
    app = App(context=context, outdir=outdir)
    for stage in policy.stages:
        TidegateStack(app, f"Tidegate-{stage}", policy=policy, stage=stage)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    return app
