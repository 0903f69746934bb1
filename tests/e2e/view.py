"""What there is to see of a local cloud, and how to wait for it."""

import json
from collections.abc import Callable
from typing import Any

import boto3

from tidegate.desk.local.clients import LocalClients
from tidegate.desk.local.cloud import Cloud
from tidegate.desk.local.journal import incident_of
from tidegate.desk.local.remote import RemoteRegion
from tidegate.desk.local.waiting import wait_for
from tidegate.desk.region.environ import environment
from tidegate.desk.region.fleet import Machine
from tidegate.journal.items import plain

SOON = 15.0
"""Real seconds in which anything on the way from the bus to the journal happens, on a busy machine too."""


class View:
    """The app, deployed by the CDK CLI, and the Region in which its fleets stand; the part that only looks."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._clients = LocalClients(cloud.place)

    def client(self, service: str) -> Any:
        """Return a boto3 client: autoscaling, ec2 and elbv2 of the Region, everything else of ministack."""
        return self._clients(service)

    @property
    def region(self) -> RemoteRegion:
        """The emulated Region: build, machines, interrupt, hold, timeline."""
        return self._cloud.region

    @property
    def stage_name(self) -> str:
        return self._cloud.stage

    @property
    def stack(self) -> str:
        return f"Tidegate-{self.stage_name}"

    def variables(self) -> dict[str, str]:
        """Return the environment of whoever runs in this cloud."""
        return self._cloud.place.variables()

    def output(self, name: str) -> str:
        """Return an output of the stack, such as Table."""
        return self._cloud.outputs[name]

    def resource(self, logical_id: str, kind: str) -> str:
        """Return the physical id of the one resource of a type whose logical id begins so."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        (found,) = (
            one["PhysicalResourceId"]
            for page in pages
            for one in page["StackResourceSummaries"]
            if one["LogicalResourceId"].startswith(logical_id) and one["ResourceType"] == kind
        )
        return found

    def queue(self, logical_id: str) -> str:
        """Return the address of a queue."""
        return self.resource(logical_id, "AWS::SQS::Queue")

    def depth(self, queue: str) -> int:
        """Return how many messages a queue holds, seen or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        said = self.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(said[name]) for name in names)

    def receive(self, queue: str, what: str) -> dict[str, Any]:
        """Wait for a message, take it off the queue and return it."""

        def look() -> dict[str, Any] | None:
            answer = self.client("sqs").receive_message(QueueUrl=queue, MessageAttributeNames=["All"])
            return next(iter(answer.get("Messages", [])), None)

        message = wait_for(look, SOON, what)
        self.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return message

    def log(self, construct: str) -> list[dict[str, Any]]:
        """Return the JSON lines that the function of a construct has written, metrics among them."""
        group = self.resource(construct, "AWS::Logs::LogGroup")
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        lines = [line for page in pages for each in page["events"] for line in each["message"].splitlines()]
        return [json.loads(line) for line in lines if line.startswith("{")]

    def metric(self, construct: str, name: str, **dimensions: str) -> float:
        """Return the sum of a metric that the function of a construct has counted, over these dimensions."""
        return sum(
            sum(line[name]) for line in self.log(construct) if name in line and dimensions.items() <= line.items()
        )

    def incident(self, machine: Machine) -> dict[str, Any]:
        """Return the journal's incident of a machine, open or over; empty while there is none."""
        return incident_of(self.client("dynamodb"), self.output("Table"), machine.group, machine.id)

    def stage(self, machine: Machine) -> int:
        """Return how far the incident of a machine has come (`tidegate.fleet.incident`); 0 while there is none."""
        return int(self.incident(machine).get("stage", 0))

    def metrics(self) -> Any:
        """Return the client of CloudWatch as functions have it: metrics and fleets' alarms stand in the Region."""
        with environment(self._cloud.place.function_variables(), without=("AWS_",)):
            # pyright knows no stubs of the other services.
            return boto3.Session().client("cloudwatch")  # pyright: ignore[reportUnknownMemberType]

    def alarms(self) -> list[str]:
        """Return the names of the alarms of fleets."""
        return sorted(one["AlarmName"] for one in self.metrics().describe_alarms()["MetricAlarms"])

    def decisions(self, fleet: str) -> list[dict[str, Any]]:
        """Return the journal's decisions about a fleet, oldest first."""
        return self._decisions(f"fleet/{fleet}")

    def codes(self, target: str) -> list[str]:
        """Return the codes of the decisions about a target, oldest first."""
        return [str(one["code"]) for one in self._decisions(target)]

    def _decisions(self, target: str) -> list[dict[str, Any]]:
        answer = self.client("dynamodb").query(
            TableName=self.output("Table"),
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": target}, ":prefix": {"S": "DECISION#"}},
        )
        return [dict[str, Any](plain(one)) for one in answer["Items"]]

    def releases(self, machine: Machine) -> int:
        """Return how often a call took a machine out of its group."""
        happened = self.region.timeline()
        return sum(one["kind"] == "released" and one["data"]["instance"] == machine.id for one in happened)

    def state(self, machine: Machine) -> str:
        """Return a machine's lifecycle state now; empty once its group has forgotten it."""
        return next((one.state for one in self.region.machines(machine.group) if one.id == machine.id), "")

    def wait_for[T](self, look: Callable[[], T | None], seconds: float, what: str) -> T:
        """Return what `look` returns as soon as that is true; after `seconds` fail, naming `what`."""
        return wait_for(look, seconds, what)
