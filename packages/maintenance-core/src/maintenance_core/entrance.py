"""The way in: counted before the state is read, and turned away without being counted."""

from collections.abc import Iterator

from maintenance_core.gate import Gate, Visit
from maintenance_core.reader import Reader, View

__all__ = ["Entrance"]


class Entrance:
    """Lets requests in, so that a drain can be trusted and comes to its end.

    Every worker process keeps one. A request goes in like this, synchronous or not::

        visit = entrance.visit()
        for view in entrance.views(visit):
            if is_blocked(request, view):
                visit.leave()
                return answer_of_503(request, view)
        response = serve(request)  # and visit.leave() once the response is closed
    """

    def __init__(self, gate: Gate, reader: Reader) -> None:
        self.gate = gate
        self.reader = reader
        self._is_closed = False

    def visit(self) -> Visit:
        """A request that arrives; nobody counts it yet."""
        return self.gate.visit()

    def views(self, visit: Visit) -> Iterator[View]:
        """One or two views; ``visit`` is in if none of them blocks it, and counted by then."""
        view = None
        # Many who are turned away one over the other would keep the process busy for ever if each
        # were counted meanwhile. So once somebody was, the next one has to ask outside.
        if self._is_closed:
            view = self.reader.current()
            yield view
        visit.enter()
        seen_from_inside = self.reader.current()
        if seen_from_inside is not view:
            # Who is turned away does not come back to this loop.
            self._is_closed = True
            yield seen_from_inside
        self._is_closed = False
