"""How any kind of event reaches its function: rules -> queue -> function, with a dead end nowhere on the way."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.alarms import told
from cdk.pattern import EventRule, Pattern
from cdk.queues import DeadLetters, Inbox
from cdk.worker import Common, Worker

_MOST_RETRIES = 185  # the most that EventBridge makes: the age of the event is what ends them

# The texts of the alarms: what is wrong, what became of it, what to do.
_DEAD_LETTERS = (
    "{what}: some could not be understood, or failed in every delivery. {meanwhile} "
    "Each message says why, or the function's log does; once the cause is gone, purge the queue: an event is "
    "worth nothing after its time."
)
_UNDELIVERED = (
    "{what}: EventBridge could not hand some over in time. {meanwhile} Each "
    "message bears the rule and the error as attributes; look for a change to the queue's policy or encryption that "
    "was made by hand, and deploy again."
)
_ERRORS = (
    "{what}: a whole batch failed, by an exception, a timeout or lack of memory. It is delivered again, and the alarm "
    "of the dead letters follows if that doesn't help. Read the function's log."
)


class Reaction(Construct):
    """One kind of event, from the bus to its function.

    `what` names the events in descriptions, in the plural; `meanwhile` says there what becomes of those that are lost;
    `runbook` is how the anchors of its alarms' runbooks begin.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        common: Common,
        wakes: sqs.Queue,
        pattern: Pattern,
        rules: Mapping[str, EventRule],
        handler: str,
        what: str,
        runbook: str,
        meanwhile: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.inbox = inbox = Inbox(
            self,
            "Inbox",
            visibility_timeout_seconds=pattern.VISIBILITY_TIMEOUT_SECONDS,
            max_receives=pattern.MAX_RECEIVES,
            alarms=common.alarms,
            dead_letters=told(_DEAD_LETTERS.format(what=what, meanwhile=meanwhile), runbook=f"{runbook}-dead-letters"),
        )
        self.worker = Worker(
            self,
            "Worker",
            common=common,
            handler=handler,
            summary=f"{what}: from the queue to a wake",
            timeout_seconds=pattern.FUNCTION_TIMEOUT_SECONDS,
            environment={"TIDEGATE_WAKES": wakes.queue_url, "TIDEGATE_DEAD_LETTERS": inbox.dead_letters.queue_url},
            on_errors=told(_ERRORS.format(what=what), runbook=f"{runbook}-errors"),
        )
        self.worker.allow(
            "WakeAndSetAside", actions=["sqs:SendMessage"], resources=[wakes.queue_arn, inbox.dead_letters.queue_arn]
        )
        self.worker.drain(inbox.queue, batch_size=pattern.BATCH_SIZE)
        description = told(_UNDELIVERED.format(what=what, meanwhile=meanwhile), runbook=f"{runbook}-undelivered")
        undelivered = DeadLetters(self, "Undelivered", alarms=common.alarms, description=description)
        self._listen(rules, inbox=inbox.queue, undelivered=undelivered.queue)

    def may_put_off(self) -> None:
        """Let the function put copies of messages into its queue, for a later time."""
        self.worker.function.add_environment("TIDEGATE_INBOX", self.inbox.queue.queue_url)
        self.worker.allow("PutOff", actions=["sqs:SendMessage"], resources=[self.inbox.queue.queue_arn])

    def _listen(self, rules: Mapping[str, EventRule], *, inbox: sqs.Queue, undelivered: sqs.Queue) -> None:
        """Send what the rules match to the queue, or in the end to a queue of its own that raises an alarm."""
        for name, rule in rules.items():
            target = targets.SqsQueue(
                inbox,
                max_event_age=Duration.seconds(rule.max_age_seconds),
                retry_attempts=_MOST_RETRIES,
                dead_letter_queue=undelivered,
            )
            event_pattern = events.EventPattern(
                source=rule.pattern["source"],
                detail_type=rule.pattern["detail-type"],
                detail=rule.pattern.get("detail"),
            )
            events.Rule(self, name, event_pattern=event_pattern, targets=[target])
