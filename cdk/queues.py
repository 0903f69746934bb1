"""Queues as every part of Tidegate has them: encrypted, TLS only, with dead letters that raise an alarm."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.acknowledge import acknowledge
from cdk.alarms import Alarms

_RETENTION_OF_DEAD_LETTERS_DAYS = 14  # the longest that SQS offers: someone may be on holiday

_LAST_STOP = "Dead letters go no further: an alarm watches this queue instead."
_ACCEPTED = {"AwsSolutions::AwsSolutions-SQS3": _LAST_STOP, "Serverless::Serverless-SQSRedrivePolicy": _LAST_STOP}


class DeadLetters(Construct):
    """A queue of what could not be done, and the alarm that it is not empty; `description` is the alarm's text."""

    def __init__(
        self, scope: Construct, construct_id: str, *, alarms: Alarms, description: str, fifo: bool = False
    ) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            fifo=fifo or None,  # CloudFormation knows true or nothing
            retention_period=Duration.days(_RETENTION_OF_DEAD_LETTERS_DAYS),
            # Not the key aws/sqs: EventBridge may not use it, and its policy can't be changed.
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        alarms.on_messages(self.queue, description=description)
        acknowledge(self.queue, _ACCEPTED)


class Inbox(Construct):
    """A queue that one function drains, and the dead letters of what that function could not do.

    A FIFO inbox keeps order and deduplicates within each message group only, so that one target never holds up another
    and one event may wake two targets.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        visibility_timeout_seconds: int,
        max_receives: int,
        alarms: Alarms,
        dead_letters: str,
        retention_seconds: int | None = None,
        fifo: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetters(self, "DeadLetters", alarms=alarms, description=dead_letters, fifo=fifo).queue
        self.queue = sqs.Queue(
            self,
            "Queue",
            fifo=fifo or None,
            deduplication_scope=sqs.DeduplicationScope.MESSAGE_GROUP if fifo else None,
            fifo_throughput_limit=sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID if fifo else None,
            visibility_timeout=Duration.seconds(visibility_timeout_seconds),
            retention_period=None if retention_seconds is None else Duration.seconds(retention_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=max_receives),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
