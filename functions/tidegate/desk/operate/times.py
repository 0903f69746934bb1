"""Times as a person reads them: local, with the zone said; ids and JSON are in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from tidegate.journal.layout import stamp


@dataclass(frozen=True, slots=True)
class Times:
    """How times are shown at `now` (epoch seconds); `zone` None: the machine's own."""

    now: float
    zone: tzinfo | None = None

    def at(self, seconds: float) -> str:
        """Return a moment in local time; of another year without the seconds, which nobody needs then."""
        moment = self._local(seconds)
        return moment.strftime("%d %b %H:%M:%S" if moment.year == self._local(self.now).year else "%Y-%m-%d %H:%M")

    def ago(self, seconds: float) -> str:
        """Return how long ago a moment was."""
        return f"{length(max(0.0, self.now - seconds))} ago"

    @property
    def legend(self) -> str:
        """Say what zone the times are in."""
        offset = self._local(self.now).strftime("%z")
        name = self._local(self.now).strftime("%Z")
        if offset == "+0000":
            return "times in UTC"
        return f"times in {name} (UTC{offset[:3]}:{offset[3:]}); ids in UTC"

    def _local(self, seconds: float) -> datetime:
        return datetime.fromtimestamp(seconds, UTC).astimezone(self.zone)


def utc(seconds: float | None) -> str | None:
    """Return a moment for machines: ISO 8601 in UTC with milliseconds."""
    return None if seconds is None else stamp(seconds)


def length(seconds: float) -> str:
    """Return a length of time in the unit that suits it."""
    if seconds < 100:  # noqa: PLR2004 - up to here seconds are what one counts in
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"


def since(start: float, moment: float | None) -> str:
    """Return the seconds from `start` to a moment; a dash if it never came."""
    return "-" if moment is None else f"{moment - start:+.1f} s"
