"""What one stage deploys, as a diagram: events and the sweep wake targets, and reconcile looks at what was woken."""

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from cdk.alarms import Alarms
from cdk.bedrock_throttling import BedrockThrottling
from cdk.bundling import bundled
from cdk.capacity_alarm import CapacityAlarm
from cdk.client_policy import ClientPolicy
from cdk.drill import Drill
from cdk.launch_failure import LaunchFailure
from cdk.reconcile import Reconcile, Wakes
from cdk.removal import Removal
from cdk.spot_interruption import SpotInterruption
from cdk.state import State
from cdk.sweep import Sweep
from cdk.worker import Common
from tidegate.policy.read import Policy


class TidegateStack(Stack):
    """One stage of Tidegate in one account and Region; without those in the policy, wherever it is deployed."""

    def __init__(self, scope: Construct, construct_id: str, *, policy: Policy, stage: str) -> None:
        place = policy.stages[stage]
        super().__init__(
            scope,
            construct_id,
            env=Environment(account=place.account, region=place.region),
            description=f"Tidegate, stage {stage}: keeps Auto Scaling groups through spot interruptions",
            tags={"tidegate:stage": stage},
        )
        alarms = Alarms(self, "Alarms")
        state = State(self, "State", stage=stage)
        common = Common(stage=stage, code=bundled(policy=policy, stage=stage), state=state, alarms=alarms)

        wakes = Wakes(self, "Wakes", alarms=alarms)
        SpotInterruption(self, "SpotInterruption", common=common, wakes=wakes.queue)
        CapacityAlarm(self, "CapacityAlarm", common=common, wakes=wakes.queue, profiles=policy.profiles)
        LaunchFailure(self, "LaunchFailure", common=common, wakes=wakes.queue)
        models = policy.models_at(stage)
        if models:
            # Whoever has no model pays for no queue that is polled for one.
            BedrockThrottling(
                self, "BedrockThrottling", common=common, wakes=wakes.queue, models=models, region=place.region
            )
            client = ClientPolicy(self, "Client", stage=stage)
            self._tell(
                "ClientPolicy", client.policy.managed_policy_arn, "IAM policy for applications that follow routes"
            )
        sweep = Sweep(self, "Sweep", common=common, wakes=wakes.queue)
        reconcile = Reconcile(self, "Reconcile", common=common, wakes=wakes, publishes=bool(models))
        drill = Drill(self, "Drill", common=common, models=bool(models))
        Removal(self, "Removal", common=common).comes_after(sweep.function, reconcile.function)

        self._tell("Mode", state.mode.parameter_name, "SSM parameter: observe, or act to let it release machines")
        self._tell(
            "KillSwitch", state.kill_switch.parameter_name, "SSM parameter: on stops all that is new within 15 s"
        )
        self._tell("Table", state.table.table_name, "DynamoDB table of incidents, losses and decisions")
        self._tell("AlarmTopic", alarms.topic.topic_arn, "SNS topic to subscribe to: every alarm of this stage")
        self._tell("WakeQueue", wakes.queue.queue_url, "FIFO queue of fleets to be looked at")
        self._tell("DrillFunction", drill.function.function_name, "Lambda function that begins drills")

    def _tell(self, name: str, value: str, description: str) -> None:
        CfnOutput(self, name, value=value, description=description)
