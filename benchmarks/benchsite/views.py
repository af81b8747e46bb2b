"""The pages of the site. They do next to nothing, so that what is added to them stands out."""

from django.http import HttpRequest, HttpResponse

__all__ = ["async_page", "decorated_page", "page"]

BODY = b"<!doctype html><title>Page</title><p>Here is a page.</p>"


def page(request: HttpRequest) -> HttpResponse:
    """A view as most are."""
    return HttpResponse(BODY)


async def async_page(request: HttpRequest) -> HttpResponse:
    """A view that stays in the event loop."""
    return HttpResponse(BODY)


def decorated_page(contender: str):
    """A page that stays open during maintenance, said with the contender's own decorator."""
    if contender == "dmm":
        from maintenance_mode.decorators import force_maintenance_mode_off  # noqa: PLC0415
    else:
        from maintenance_django.decorators import force_maintenance_mode_off  # noqa: PLC0415

    @force_maintenance_mode_off
    def health(request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"ok")

    return health
