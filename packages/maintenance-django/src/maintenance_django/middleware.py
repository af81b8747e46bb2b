"""The middleware: nothing while maintenance is off, the answer of a 503 while it is on."""

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from maintenance_django.engine import get_reader
from maintenance_django.http import (
    aget_maintenance_response,
    aneed_maintenance_response,
    get_maintenance_response,
    need_maintenance_response,
)

__all__ = ["MaintenanceModeMiddleware"]

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class MaintenanceModeMiddleware:
    """Put it after the authentication middleware if users are to be exempt, else first."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self.__acall__(request)
        view = get_reader().current()
        if (view.on or view.active) and need_maintenance_response(request, view):
            return get_maintenance_response(request, view)
        return self.get_response(request)

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        view = get_reader().current()
        if (view.on or view.active) and await aneed_maintenance_response(request, view):
            return await aget_maintenance_response(request, view)
        return await cast("Awaitable[HttpResponseBase]", self.get_response(request))
