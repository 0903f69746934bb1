"""The loop's middle: from the FIFO queue of wakes to the function that looks at one target."""

from tests.infrastructure.roles import RECONCILE, SPOT_INTERRUPTION
from tests.infrastructure.templates import Template, drained_queue, function_id, mapping_of, resources
from tidegate.loop import delivery


def test_it_drains_the_queue_of_wakes(template: Template) -> None:
    assert drained_queue(template, RECONCILE)["FifoQueue"] is True


def test_one_wake_at_a_time_is_delivered_and_fails_by_itself(template: Template) -> None:
    mapping = mapping_of(template, RECONCILE)
    assert mapping["BatchSize"] == delivery.BATCH_SIZE == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    # A window would let each of them wait.
    assert not {"MaximumBatchingWindowInSeconds", "FilterCriteria"} & mapping.keys()


def test_few_looks_are_under_way_at_once_so_that_releases_keep_their_calls(template: Template) -> None:
    assert mapping_of(template, RECONCILE)["ScalingConfig"] == {"MaximumConcurrency": delivery.MOST_AT_ONCE}
    assert delivery.MOST_AT_ONCE == 2
    assert "ScalingConfig" not in mapping_of(template, SPOT_INTERRUPTION)


def test_a_wake_comes_back_only_after_its_function_has_ended(template: Template) -> None:
    function = resources(template, "AWS::Lambda::Function")[function_id(template, RECONCILE)]
    queue = drained_queue(template, RECONCILE)
    assert function["Timeout"] == delivery.FUNCTION_TIMEOUT_SECONDS == 20
    assert queue["VisibilityTimeout"] == delivery.VISIBILITY_TIMEOUT_SECONDS == 25
    assert function["Timeout"] < queue["VisibilityTimeout"]


def test_a_wake_that_failed_three_times_is_a_dead_letter_before_the_queue_forgets_it(template: Template) -> None:
    queue = drained_queue(template, RECONCILE)
    receives = queue["RedrivePolicy"]["maxReceiveCount"]
    assert receives == delivery.MAX_RECEIVES == 3
    assert receives * queue["VisibilityTimeout"] < queue["MessageRetentionPeriod"] == 3600
    dead_letters = template["Resources"][queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]["Properties"]
    assert dead_letters["FifoQueue"] is True
