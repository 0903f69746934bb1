"""AWS calls of looks at a model: its routes are called in two Regions, and two of them are profiles."""

from collections.abc import Iterator

from tests.bench.figure import Figure
from tests.integration.model.scenes import POLICY, decisions, tell
from tidegate.desk.region.app import RECONCILE
from tidegate.desk.region.region import Region


def measure() -> Iterator[Figure]:
    """Play a look that steps a route down, one that comes seconds later, and one of those every ten minutes."""
    with Region(policy=POLICY, loop=True) as region:
        region.run(65)
        for name, code, bound in (
            # Mode, what is remembered, metrics in two Regions, the document, what is to be remembered; then where two
            # profiles send data, the intention, and the document.
            ("a look that steps a route down", "stepped_down", 10),
            ("a look while it is down", "stepped_down", 6),
        ):
            before = len(region.calls_of(RECONCILE.name))
            tell(region)
            region.run(5)
            if decisions(region)[-1] != code:
                raise RuntimeError(f"the model came to {decisions(region)[-1]}, not {code}")
            yield Figure(
                f"calls of all services: {name}", len(region.calls_of(RECONCILE.name)) - before, "calls", bound
            )
