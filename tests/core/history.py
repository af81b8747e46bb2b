"""What many processes have done to one store and seen in it, and whether that can be.

The moments are those of ``time.monotonic_ns``, which on Linux is one clock for all processes of
a host: of two moments in a history it is known which one was first.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

NEVER = 2**63
"""When a killed writer has ended: perhaps its value is still to be committed."""


@dataclass(frozen=True)
class Write:
    """Somebody has asked for a value that nobody else asks for.

    ``revision`` None: the writer was killed, and perhaps its value was committed.
    """

    value: str
    start: int
    end: int = NEVER
    revision: int | None = None
    last: tuple[str, ...] = ()
    """The values of this revision and of some before it, as the state tells them."""


@dataclass(frozen=True)
class Read:
    """Somebody has seen a revision; 0 is the one that nobody has written."""

    start: int
    end: int
    revision: int
    last: tuple[str, ...] = ()


def contradictions(writes: list[Write], reads: list[Read]) -> list[str]:
    """Why no store with one state at a time can have had this history; none if it can.

    It can have had it if every write and read can be given one moment between its start and its
    end, so that each write comes right after the one with the revision before, and each read
    after the write of the revision that it saw and before the next one.
    """
    told, wrong = _values(writes, reads)
    wrong += _unfounded(writes, told)
    wrong += _out_of_order(writes, reads, told)
    return wrong


def _values(writes: list[Write], reads: list[Read]) -> tuple[dict[int, str], list[str]]:
    """The value of each revision as those tell who have seen it, and where they differ."""
    told: dict[int, str] = {}
    wrong = []
    for event in (*writes, *reads):
        for age, value in enumerate(reversed(event.last)):
            revision = (event.revision or 0) - age
            if revision < 1:
                wrong.append(f"{event}: more values than revisions")
            elif told.setdefault(revision, value) != value:
                wrong.append(f"{event}: others saw revision {revision} as {told[revision]!r}")
        if event.revision and not event.last:
            wrong.append(f"{event}: a revision without a value")
    return told, wrong


def _unfounded(writes: list[Write], told: dict[int, str]) -> Iterator[str]:
    """What was committed and is lost, or is there twice, or was never asked for."""
    asked, there = Counter(write.value for write in writes), Counter(told.values())
    for write in writes:
        if asked[write.value] > 1 or there[write.value] > 1:
            yield f"{write}: more than once"
        if write.revision is not None and told.get(write.revision) != write.value:
            yield f"{write}: committed, and lost"
    for revision in range(1, max(told, default=0) + 1):
        if told.get(revision) not in asked:
            yield f"revision {revision}: {told.get(revision)!r} was never asked for"


def _out_of_order(writes: list[Write], reads: list[Read], told: dict[int, str]) -> Iterator[str]:
    """Where something began after the end of something that must have come later.

    There is one order only: each write comes after all that have to do with lesser revisions and
    before all that saw it. The clock allows it if no event ends before an earlier one begins.
    """
    revisions = {value: revision for revision, value in told.items()}
    places = [(revisions[write.value], 0, write) for write in writes if write.value in revisions]
    places += [(read.revision, 1, read) for read in reads]
    later, of_this_place, here = None, None, None
    for *place, event in sorted(places, key=lambda place: place[:2], reverse=True):
        if place != here:
            later, here = _first_to_end(later, of_this_place), place
        of_this_place = _first_to_end(of_this_place, event)
        if later is not None and later.end < event.start:
            yield f"{event}: begun after the end of {later}"


def _first_to_end(*events: Write | Read | None) -> Write | Read | None:
    return min((event for event in events if event), key=lambda event: event.end, default=None)
