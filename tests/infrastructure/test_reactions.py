"""What holds for the queue of every reaction."""

import pytest

from tests.infrastructure.roles import BEDROCK_THROTTLING, CAPACITY_ALARM, LAUNCH_FAILURE, SPOT_INTERRUPTION
from tests.infrastructure.templates import Template, mapping_of
from tidegate.reactions.bedrock_throttling import pattern as throttling
from tidegate.reactions.capacity_alarm import pattern as alarms
from tidegate.reactions.launch_failure import pattern as launches
from tidegate.reactions.spot_interruption import pattern as notices

BATCHES = {
    SPOT_INTERRUPTION: notices.BATCH_SIZE,
    CAPACITY_ALARM: alarms.BATCH_SIZE,
    LAUNCH_FAILURE: launches.BATCH_SIZE,
    BEDROCK_THROTTLING: throttling.BATCH_SIZE,
}


@pytest.mark.parametrize("handler", BATCHES)
def test_a_batch_is_ten_messages_without_a_window_and_fails_message_by_message(
    template: Template, handler: str
) -> None:
    mapping = mapping_of(template, handler)
    assert mapping["BatchSize"] == BATCHES[handler] == 10
    assert "MaximumBatchingWindowInSeconds" not in mapping
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
