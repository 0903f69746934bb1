"""Where the local cloud lies: its folder, its two addresses, and the environments in which it is talked to."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ACCOUNT: Final = "000000000000"
"""The account of whoever calls ministack without an access key that names another."""

REGION: Final = "us-east-1"
HOST: Final = "127.0.0.1"
"""Loopback only, and an address rather than a name: the CDK CLI then asks S3 for paths, not for hosts of buckets."""

REGION_SERVICES: Final = ("AUTO_SCALING", "BEDROCK", "BEDROCK_RUNTIME", "EC2", "ELASTIC_LOAD_BALANCING_V2")
"""What the emulated Region answers, as botocore spells it in AWS_ENDPOINT_URL_*."""

_IDENTITY: Final = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

_PERSONAL: Final = ("AWS_", "CDK_", "MINISTACK_", "MOTO_", "POWERTOOLS_", "PYTHON", "TIDEGATE_")


@dataclass(frozen=True, slots=True)
class Place:
    """One local cloud: the folder that holds all it writes, and the port of each of its two servers."""

    folder: Path
    cloud_port: int
    region_port: int

    @property
    def cloud_url(self) -> str:
        """Address of ministack: everything but fleets and models."""
        return f"http://{HOST}:{self.cloud_port}"

    @property
    def region_url(self) -> str:
        """Address of the emulated Region: Auto Scaling, EC2, load balancing, and Bedrock in every Region."""
        return f"http://{HOST}:{self.region_port}"

    def variables(self) -> dict[str, str]:
        """Return what makes an SDK or the CLI talk to this cloud, each service at its address.

        CloudWatch is ministack's here, where the alarms of the stack stand.
        """
        theirs = {f"AWS_ENDPOINT_URL_{each}": self.region_url for each in REGION_SERVICES}
        return _IDENTITY | {"AWS_ENDPOINT_URL": self.cloud_url} | theirs

    def function_variables(self) -> dict[str, str]:
        """Return what functions inherit; to them CloudWatch means the signals of fleets, which are the Region's."""
        return self.variables() | {"AWS_ENDPOINT_URL_CLOUDWATCH": self.region_url}


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without any account, profile, endpoint or setting of the person in front."""
    return {name: value for name, value in environment.items() if not name.startswith(_PERSONAL)}
