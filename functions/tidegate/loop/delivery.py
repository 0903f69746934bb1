"""How the loop is delivered to: plain data, read by the CDK app, the emulated Region and the tests."""

from typing import Final

BATCH_SIZE: Final = 1
"""One target at a time: a wake that fails brings no other one back."""

FUNCTION_TIMEOUT_SECONDS: Final = 20
VISIBILITY_TIMEOUT_SECONDS: Final = 25
"""Above the 20 s that a reconcile may take, so that one target is never reconciled twice at once."""

MOST_AT_ONCE: Final = 2
"""Looks under way at a time: no smaller number is allowed. A wave's looks must not use up the calls that its releases
need. Source: docs/adr/0012-the-loop-gives-way-to-releases.md"""

MAX_RECEIVES: Final = 3
RETENTION_SECONDS: Final = 3600
"""A wake only says *look now*. Every fleet is looked at again within minutes, so an old one says nothing."""

SWEEP_EVERY_MINUTES: Final = 1
SWEEP_TIMEOUT_SECONDS: Final = 30
SWEEP_RETRIES: Final = 0
"""After an error Lambda waits a minute before it tries again: by then the next sweep makes up for this one.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

SWEEP_MAX_AGE_SECONDS: Final = 60
"""Until then Lambda tries to start a sweep that the account's concurrency keeps waiting; it takes no less."""

ALARM_WRITE_EVERY_SECONDS: Final = 0.4
"""CloudWatch takes three PutMetricAlarm a second, of the whole account: deployments of others need theirs too.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
"""

ALARM_WRITES_A_SWEEP: Final = 45
"""Eighteen seconds of the thirty that a sweep has; the rest follows in the next minute."""

DRILL_TIMEOUT_SECONDS: Final = 30

REMOVAL_TIMEOUT_SECONDS: Final = 180
"""A sweep that is under way takes up to 30 s; 1,500 alarms take twenty more."""

REMOVAL_GIVEN_UP_SECONDS: Final = 900
"""So long CloudFormation waits for an answer: three invocations, one and two minutes apart."""
