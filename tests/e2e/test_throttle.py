"""A throttle, deployed: from the reports of a client over the bus to the published routes, which the client follows."""

from tests.e2e.cloud import E2ECloud
from tests.e2e.models import application, published
from tests.e2e.view import SOON
from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.local.place import REGION
from tidegate.desk.local.waiting import wait_for
from tidegate.policy.document import MAX_AGE_SECONDS

SWEPT = 100.0
"""Real seconds until a model that was just deployed is looked at: the sweep comes every minute."""

REPORTED = 20.0
"""Until a client that told of its first failure tells of those after it, which it does every ten seconds."""

FOLLOWED = 1.2 * MAX_AGE_SECONDS + SOON


def test_a_throttled_route_steps_down_within_the_boundary_and_applications_follow(cloud: E2ECloud) -> None:
    before = cloud.wait_for(lambda: published(cloud), SWEPT, "the first document")
    assert [one.name for one in before.routes] == ["home", "ohio"], "nobody names the Regions of a global profile"

    with application(cloud) as chat:
        assert chat.ask() == ("home", ())
        cloud.region.trouble("tokens", REGION, CLAUDE, seconds=600)
        assert chat.ask() == ("ohio", ("home",))

        def stepped_down() -> bool:
            chat.ask()
            now = published(cloud)
            return now is not None and now.routes[0].name == "ohio"

        wait_for(stepped_down, REPORTED + SOON, "a document that names the other route first")
        wait_for(lambda: chat.ask() == ("ohio", ()), FOLLOWED, "the application's first call that follows it")
        cloud.region.trouble("tokens", REGION, CLAUDE, seconds=0)

    after = published(cloud)
    assert after is not None
    assert after.epoch > before.epoch
    assert {one["region"] for one in cloud.region.called()} == {REGION, "us-east-2"}
    assert {place for one in cloud.region.called() for place in one["destinations"]} <= {REGION, "us-east-2"}
    cloud.wait_for(lambda: "stepped_down" in cloud.codes("model/assist"), SOON, "the decision in the journal")
