"""Views that are always, or never, in maintenance.

For functions, async functions and classes; on a class the decorator may stand directly.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator

from maintenance_django.http import aget_maintenance_response, get_maintenance_response
from maintenance_django.marks import FORCED_OFF, FORCED_ON, mark

__all__ = ["force_maintenance_mode_off", "force_maintenance_mode_on"]

V = TypeVar("V", bound=Callable[..., Any])


def force_maintenance_mode_on(view: V) -> V:
    """The view answers with the maintenance page, whatever the state."""
    return _marked_view(view, FORCED_ON, _answer_instead)


def force_maintenance_mode_off(view: V) -> V:
    """The view is reachable, whatever the state."""
    return _marked_view(view, FORCED_OFF, _call_through)


def _marked_view(view: V, name: str, wrap: Callable[[Callable[..., Any]], Any]) -> V:
    if isinstance(view, type):

        def decorate(method: Callable[..., Any]) -> Any:
            return _marked_view(method, name, wrap)

        return cast("V", method_decorator(decorate, name="dispatch")(view))
    wrapper = wrap(view)
    mark(wrapper, name)
    return cast("V", wrapper)


def _is_async(view: Callable[..., Any]) -> bool:
    # method_decorator() gives a partial of the method of a view, whose class knows it.
    owner = getattr(getattr(view, "func", None), "__self__", None)
    return iscoroutinefunction(view) or getattr(owner, "view_is_async", False)


def _call_through(view: Callable[..., Any]) -> Callable[..., Any]:
    # A new function, so that the mark is not left on one that is used elsewhere as well.
    if _is_async(view):

        @wraps(view)
        async def through_async(*args: Any, **kwargs: Any) -> Any:
            return await view(*args, **kwargs)

        return through_async

    @wraps(view)
    def through(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return through


def _answer_instead(view: Callable[..., Any]) -> Callable[..., Any]:
    if _is_async(view):

        @wraps(view)
        async def answer_async(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            return await aget_maintenance_response(request)

        return answer_async

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return get_maintenance_response(request)

    return answer
