"""What scaling activities tell of launches: texts as users of Auto Scaling reported them, and what each means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.fleet.launches import Launch, classify, read_launch

STARTED = 1_795_593_600.0
NEW = "Launching a new EC2 instance: i-0b662ef9931388ba0"

TEXTS: dict[str, tuple[str, str]] = {
    # https://github.com/cortexlabs/cortex/issues/1258
    "Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that matches "
    "your request. Launching EC2 instance failed.": ("spot", "capacity"),
    # https://github.com/hortonworks/cloudbreak/pull/11254
    "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request "
    "configuration. Please adjust your request and try again. Launching EC2 instance failed": ("spot", "capacity"),
    "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient "
    "p3dn.24xlarge capacity in the Availability Zone you requested (us-west-2c). Our system will be working on "
    "provisioning additional capacity.": ("on-demand", "capacity"),
    # https://github.com/red-hat-storage/ocs-ci/issues/9263: the sentence alone, as groups without a mix get it
    "We currently do not have sufficient m6i.xlarge capacity in the Availability Zone you requested (us-east-2a). Our "
    "system will be working on provisioning additional capacity. You can currently get m6i.xlarge capacity by not "
    "specifying an Availability Zone in your request or choosing us-east-2b, us-east-2c.": ("unknown", "capacity"),
    "Could not launch Spot Instances. MaxSpotInstanceCountExceeded": ("spot", "quota"),
    # https://github.com/aws/aws-parallelcluster/issues/1115
    "Max spot instance count exceeded. Launching EC2 instance failed.": ("spot", "quota"),
    "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current "
    "vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to. Please visit "
    "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.": ("on-demand", "quota"),
    # https://github.com/kubernetes/kops/pull/15778
    "You have requested more vCPU capacity than your current vCPU limit of 384 allows for the instance bucket that the "
    "specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an "
    "adjustment to this limit. Launching EC2 instance failed.": ("unknown", "quota"),
    # https://github.com/kubernetes/autoscaler/issues/1263
    "You have requested more instances (7) than your current instance limit of 6 allows for the specified instance "
    "type. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching "
    "EC2 instance failed.": ("unknown", "quota"),
    # https://github.com/compiler-explorer/infra/issues/601
    "InvalidFleetConfiguration - Your requested instance type (c5.large) is not supported in your requested "
    "Availability Zone (us-east-1e).": ("unknown", "configuration"),
    # https://github.com/dspace-group/dspace-reference-architecture-aws/issues/100
    "Could not launch On-Demand Instances. Unsupported - Your requested instance type (p3.2xlarge) is not supported in "
    "your requested Availability Zone (eu-central-1c). Please retry your request by not specifying an Availability "
    "Zone or choosing eu-central-1a, eu-central-1b. Launching EC2 instance failed.": ("on-demand", "configuration"),
    # https://github.com/gruntwork-io/intro-to-terraform/issues/6
    "The requested configuration is currently not supported. Please check the documentation for supported "
    "configurations. Launching EC2 instance failed.": ("unknown", "configuration"),
    "Could not launch Spot Instances. InvalidParameterCombination - The specified instance type is not eligible for "
    "Free Tier.": ("spot", "configuration"),
    # https://github.com/redhat-developer/mapt/issues/576: the owner's price, neither shortage nor mistake for certain
    "Could not launch Spot Instances. SpotMaxPriceTooLow - Your Spot request price of 0.24156000000000002 is lower "
    "than the minimum required Spot request fulfillment price of 0.6034. Launching EC2 instance failed.": (
        "spot",
        "unknown",
    ),
    # https://github.com/gruntwork-io/terratest/pull/693
    "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: "
    "Client.InternalError: Client error on launch": ("unknown", "unknown"),
    "": ("unknown", "unknown"),
}


@pytest.mark.parametrize(("text", "market", "cause"), [(text, *meaning) for text, meaning in TEXTS.items()])
def test_what_a_failed_launch_says_names_its_market_and_its_cause(text: str, market: str, cause: str) -> None:
    failure = classify(text)
    assert (failure.market, failure.cause, failure.text) == (market, cause, text)
    assert str(failure) == f"{market} {cause}"


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert classify(text).text == text


UNDER_WAY = [
    "PendingSpotBidPlacement",
    "WaitingForInstanceId",
    "PreInService",
    "InProgress",
    "MidLifecycleAction",
    "WaitingForInstanceWarmup",
]


@pytest.mark.parametrize("status", UNDER_WAY)
def test_a_launch_under_way_serves_nobody_yet(status: str) -> None:
    launch = read_launch(description=NEW, status=status, message="", started=STARTED, ended=STARTED + 40)
    assert launch == Launch(STARTED, "i-0b662ef9931388ba0")


def test_a_launch_that_succeeded_serves_since_its_end() -> None:
    launch = read_launch(description=NEW, status="Successful", message="", started=STARTED, ended=STARTED + 40)
    assert launch == Launch(STARTED, "i-0b662ef9931388ba0", in_service=STARTED + 40)


@pytest.mark.parametrize("status", ["Failed", "Cancelled"])
def test_a_launch_that_failed_keeps_its_reason_and_no_machine(status: str) -> None:
    text = "Instance became unhealthy while waiting for instance to be in InService state."
    launch = read_launch(
        description=f"{NEW}.  Status Reason: {text}", status=status, message=text, started=STARTED, ended=STARTED + 9
    )
    assert launch == Launch(STARTED, failure=classify(text))


def test_a_failure_without_a_message_is_told_by_its_description() -> None:
    said = (
        "Launching a new EC2 instance.  Status Reason: Max spot instance count exceeded. Launching EC2 instance failed."
    )
    launch = read_launch(description=said, status="Failed", message="", started=STARTED, ended=STARTED)
    assert launch is not None
    assert str(launch.failure) == "spot quota"


DESCRIPTIONS: dict[str, tuple[str, str | None]] = {
    "a launch names its machine": (NEW, "i-0b662ef9931388ba0"),
    "one that has none yet names none": ("Launching a new EC2 instance", ""),
    "one out of a warm pool serves": (
        "Launching a new EC2 instance from warm pool: i-0ea10fdc59a07df6e",
        "i-0ea10fdc59a07df6e",
    ),
    "one into a warm pool serves nobody": ("Launching a new EC2 instance into warm pool: i-0ea10fdc59a07df6e", None),
    "an end is no launch": ("Terminating EC2 instance: i-0b662ef9931388ba0", None),
    "a detachment is no launch": ("Detaching EC2 instance: i-0b662ef9931388ba0", None),
    "an attachment is no launch": ("Attaching an existing EC2 instance: i-0b662ef9931388ba0", None),
}


@pytest.mark.parametrize(("description", "instance"), DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_which_activities_are_launches(description: str, instance: str | None) -> None:
    launch = read_launch(description=description, status="InProgress", message="", started=STARTED, ended=None)
    assert (launch.instance if launch else None) == instance
