"""What every store promises (see the design page for the numbers R1 to R12)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path

from maintenance_core.actor import Actor
from maintenance_core.changes import says_the_same
from maintenance_core.journal_entry import History
from maintenance_core.state import State
from maintenance_core.window import Window

__all__ = ["Change", "Fingerprint", "Note", "Problem", "Reading", "Store", "Update"]

Fingerprint = Hashable
"""Equal fingerprints, none of them None, stand for the same contents."""

Change = Callable[[State], State]


@dataclass(frozen=True, slots=True)
class Note:
    """What the journal is to say of a change: what was done, in one word, and by whom."""

    action: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no state to be had, and what to do about it, as one sentence.

    ``of_content`` tells that the store could be read but holds no state: a change will replace
    what is there and keep a copy of it. Otherwise the store is out of reach, and a change fails.
    """

    sentence: str
    of_content: bool

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at a store found: a state, or a problem; never both, never neither.

    ``fingerprint`` is None if the next look must not trust it.
    """

    state: State | None
    problem: Problem | None
    fingerprint: Fingerprint | None
    content: bytes = b""
    """What was there instead of a state, as far as it was read."""


@dataclass(frozen=True, slots=True)
class Update:
    """A change that was made, and read back."""

    before: State
    after: State
    kept: str | None = None
    """Where the contents that were no state have been put aside."""
    window: Window | None = None
    """The window that was asked for, if one was: new, or one that says the same."""
    unrecorded: str | None = None
    """Why the journal does not have the change, as one sentence."""

    @property
    def changed(self) -> bool:
        """False if the store already said what was asked for."""
        return self.before.revision != self.after.revision

    def asked_for(self, window: Window) -> "Update":
        """This update, with what has become of ``window``."""
        newest_first = reversed(self.after.windows)
        found = next((each for each in newest_first if says_the_same(window, each)), None)
        return replace(self, window=found)

    @property
    def opened(self) -> tuple[Window, ...]:
        """The windows that are new, the newest one last."""
        known = {window.id for window in self.before.windows}
        return tuple(window for window in self.after.windows if window.id not in known)


class Store(ABC):
    """Where a state lives. Safe to use from any thread and after a fork."""

    location: str
    """The path or URL, for people."""

    @property
    @abstractmethod
    def gate_path(self) -> Path:
        """The file in which the workers of this host show that they have requests in flight."""

    @abstractmethod
    def read(self) -> Reading:
        """The state now. Never raises, writes, creates, locks or waits."""

    @abstractmethod
    def fingerprint(self) -> Fingerprint | None:
        """A cheap sign of the contents, to be compared with the one of a reading.

        None if there is none to be had. Never raises.
        """

    @abstractmethod
    def change(self, change: Change, note: Note | None = None) -> Update:
        """Replace the state by ``change(state)``, serialised with all other changes.

        The revision is counted up here. Nothing is written if ``change`` returns an equal state.
        When this returns, the new state has been read back, and ``note`` is in the journal. Raises
        StoreError if the change could not be made; errors of ``change`` pass through; both leave
        the old state. A journal that cannot be written does not undo a change.
        """

    @abstractmethod
    def repair(self, note: Note | None = None) -> Update:
        """Replace what is no state by one, with every window that can be understood.

        Raises StoreError as :meth:`change` does.
        """

    @abstractmethod
    def history(self, limit: int | None = None) -> History:
        """The last ``limit`` entries of the journal, or all that are kept. Never raises."""
