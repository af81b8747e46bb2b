import os
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

HEADER = "X-Worker"


@sync_and_async_middleware
def name_the_worker(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Tell in a header which process has answered, so that every one can be seen to obey."""
    if iscoroutinefunction(get_response):

        async def named_async(request: HttpRequest) -> Any:
            response = await get_response(request)
            response[HEADER] = str(os.getpid())
            return response

        return named_async

    def named(request: HttpRequest) -> Any:
        response = get_response(request)
        response[HEADER] = str(os.getpid())
        return response

    return named
