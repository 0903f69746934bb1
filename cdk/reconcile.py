"""The queue of wakes: which fleets are to be looked at, each by one reconcile at a time."""

from constructs import Construct

from cdk.alarms import Alarms
from cdk.queues import Inbox
from tidegate.loop import delivery


class Wakes(Construct):
    """The FIFO queue with one message group for each target, and its dead letters."""

    def __init__(self, scope: Construct, construct_id: str, *, alarms: Alarms) -> None:
        super().__init__(scope, construct_id)
        self.queue = Inbox(
            self,
            "Inbox",
            fifo=True,
            visibility_timeout_seconds=delivery.VISIBILITY_TIMEOUT_SECONDS,
            max_receives=delivery.MAX_RECEIVES,
            retention_seconds=delivery.RETENTION_SECONDS,
            alarms=alarms,
            dead_letters=(
                "Fleets that could not be looked at: each wake here failed in every delivery. Their groups run on "
                "under Auto Scaling alone. Read the function's log for the fleet named in the message, then purge "
                "the queue: a fleet that needs it is woken again."
            ),
        ).queue
