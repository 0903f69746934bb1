"""The demo fleet, and what the person in front is told to try on it."""

from typing import Final

from tidegate.desk.local.cloud import Cloud
from tidegate.desk.region.fleet import FleetShape

DEMO: Final = FleetShape(name="chat", on_demand=2, spot=4, profile="default")
"""A mixed instances group in three zones behind a target group, opted in by its tag."""

_GUIDE: Final = """\
The local cloud is up: stage {stage}, account 000000000000 in us-east-1, on the loopback interface only.

  {cloud_url}   ministack: bus, queues, functions, table, parameters, alarms
  {region_url}   the emulated Region: Auto Scaling, EC2, load balancing; and Bedrock in every Region
  {folder}   logs, pid files, the assembly that was deployed

Its fleet is `chat`: {on_demand} on-demand and {spot} spot machines in three zones behind a target group.
A fresh deployment observes. What to try:

  .venv/bin/tidegate local interrupt     # EC2 takes a spot machine; watch what is decided, and the fleet left alone
  .venv/bin/tidegate local mode act      # let it act; it takes hold within 15 s
  .venv/bin/tidegate local interrupt     # the machine is released at once, its replacement there before the deadline
  curl -s {region_url}/tidegate/fleets   # the fleet, machine by machine
  .venv/bin/tidegate local deploy        # the app again, after you have changed it
  make local-down                        # stop both servers; nothing of it is kept

With the AWS CLI, in a shell of its own:

  . {folder}/env
  aws autoscaling describe-auto-scaling-groups
  aws dynamodb scan --table-name {table}
"""


def guide(cloud: Cloud) -> str:
    """Return where everything is, and what to try."""
    place = cloud.place
    return _GUIDE.format(
        stage=cloud.stage,
        cloud_url=place.cloud_url,
        region_url=place.region_url,
        folder=place.folder,
        on_demand=DEMO.on_demand,
        spot=DEMO.spot,
        table=cloud.outputs["Table"],
    )


def exports(cloud: Cloud) -> str:
    """Return the lines of a shell that talks to this cloud, and to no account."""
    lines = [f"export {name}='{value}'" for name, value in cloud.place.variables().items()]
    return "\n".join(["unset AWS_PROFILE AWS_SESSION_TOKEN", *lines, ""])
