"""`Sizes` and `Mixes` on boto3: who writes the size of a group, and the calls that set it and what it is made of."""

from collections.abc import Callable, Iterator
from random import uniform
from typing import TYPE_CHECKING, Any, Final, cast

from botocore.exceptions import ClientError

from tidegate.fleet.distribution import Distribution, complete
from tidegate.fleet.others import Others
from tidegate.fleet.refusals import code_of, refusals

if TYPE_CHECKING:
    from types_boto3_autoscaling import AutoScalingClient
    from types_boto3_autoscaling.type_defs import ScalingPolicyTypeDef

_BREATH_SECONDS: Final = (0.2, 0.6)
_THROTTLED: Final = ("Throttling", "ThrottlingException", "RequestLimitExceeded")
# The role may mark machines of groups only: one that left its group since it was looked at isn't authorized any more.
REFUSALS: Final = (
    "ValidationError",
    "InvalidInstanceID.NotFound",
    "InvalidInstanceID.Malformed",
    "UnauthorizedOperation",
)
_UNDER_WAY: Final = ("Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking")
"""Of an instance refresh: API_InstanceRefresh.html."""


class Capacity:
    """The sizes of the Auto Scaling groups of one account and Region.

    `writes` is the client for what changes a group: it doesn't repeat a call by itself, since one that hangs would take
    the time of the other groups. `pause` waits some seconds.
    """

    def __init__(
        self, autoscaling: "AutoScalingClient", writes: "AutoScalingClient", pause: Callable[[float], None]
    ) -> None:
        self._autoscaling = autoscaling
        self._writes = writes
        self._pause = pause

    def others(self, group: str) -> Others:
        """Return who else writes the size of `group`: two calls, and one for every 100 policies more.

        https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribePolicies.html
        https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeInstanceRefreshes.html
        """
        pages = self._autoscaling.get_paginator("describe_policies").paginate(
            AutoScalingGroupName=group, PaginationConfig={"PageSize": 100}
        )
        names = tuple(name for page in pages for one in page["ScalingPolicies"] for name in _writing(one))
        # The newest comes first, and there is never more than one under way.
        newest = self._autoscaling.describe_instance_refreshes(AutoScalingGroupName=group, MaxRecords=1)
        statuses = [one.get("Status", "") for one in newest["InstanceRefreshes"]]
        return Others(names, next((one for one in statuses if one in _UNDER_WAY), ""))

    def resize(self, group: str, desired: int) -> None:
        """Set the desired capacity of `group`, in units: one call. Raises `Refused`.

        Cooldowns are for simple policies: Tidegate waits by what it sees.
        """
        with refusals(REFUSALS):
            self._patiently(
                lambda: self._writes.set_desired_capacity(
                    AutoScalingGroupName=group, DesiredCapacity=desired, HonorCooldown=False
                )
            )

    def remix(self, group: str, distribution: Distribution, desired: int | None) -> None:
        """Set the distribution of `group`, and its desired capacity in units: one call. Raises `Refused`.

        A desired capacity that stays is not sent: somebody else may set another one in this moment.

        Never the launch template: sending it back would undo a deployment that changes it at the same time, and makes
        AWS ask whether the caller may run instances and pass roles.
        https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
        """
        size: Any = {} if desired is None else {"DesiredCapacity": desired}
        with refusals(REFUSALS):
            self._patiently(
                lambda: self._writes.update_auto_scaling_group(
                    AutoScalingGroupName=group,
                    MixedInstancesPolicy={"InstancesDistribution": cast(Any, complete(distribution))},
                    **size,
                )
            )

    def _patiently(self, call: Callable[[], object]) -> None:
        """Call, and once more after a moment if Auto Scaling throttles: its bucket is the whole account's."""
        try:
            call()
        except ClientError as error:
            if code_of(error) not in _THROTTLED:
                raise
            self._pause(uniform(*_BREATH_SECONDS))  # noqa: S311 - so that throttled callers don't come back together
            call()


def _writing(policy: "ScalingPolicyTypeDef") -> Iterator[str]:
    """Yield the policy's name if it sets the size: one that is disabled, or only forecasts, doesn't."""
    predicts = policy.get("PredictiveScalingConfiguration", {})
    forecasts_only = policy.get("PolicyType") == "PredictiveScaling" and predicts.get("Mode") != "ForecastAndScale"
    if policy.get("Enabled", True) and not forecasts_only:
        yield policy.get("PolicyName", "")
