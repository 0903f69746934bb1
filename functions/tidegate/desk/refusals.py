"""How Auto Scaling says that a launch failed: what both the emulated Region and the simulated world tell."""

from collections.abc import Mapping
from typing import Final, Literal

type Cause = Literal["capacity", "quota"]

TEXTS: Final[Mapping[tuple[Literal["spot", "on-demand"], Cause], str]] = {
    ("spot", "capacity"): (
        "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request "
        "configuration. Please adjust your request and try again. Launching EC2 instance failed."
    ),
    ("spot", "quota"): (
        "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching "
        "EC2 instance failed."
    ),
    ("on-demand", "capacity"): (
        "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient "
        "{type} capacity in the Availability Zone you requested ({zone}). Our system will be working on provisioning "
        "additional capacity. Launching EC2 instance failed."
    ),
    ("on-demand", "quota"): (
        "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your "
        "current vCPU limit of 64 allows for the instance bucket that the specified instance type belongs to. Please "
        "visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 "
        "instance failed."
    ),
}
"""What Auto Scaling writes, as users report it; `{type}` and `{zone}` stand for those of the launch.

Sources: hortonworks/cloudbreak pull request 11254, aws/aws-parallelcluster issue 1115, kubernetes/kops pull request
15778, buildkite/elastic-ci-stack-for-aws issue 851, aws-deepracer-community/deepracer-on-the-spot issue 55,
ITISFoundation/osparc-simcore issue 3629 and pull request 5408.
"""
