"""The switch in the browser: a GET asks, a POST switches. For superusers only."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template import Context
from django.urls import get_script_prefix
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from maintenance_core import Actor, InvalidInput, MaintenanceError, switch_off, switch_on
from maintenance_core import View as StateView
from maintenance_django.core import store_to_switch
from maintenance_django.engine import get_reader
from maintenance_django.pages import builtin_engine
from maintenance_django.site_paths import login_url

__all__ = ["maintenance_mode_off", "maintenance_mode_on"]

View = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger("maintenance_django")

_TEMPLATE = "maintenance_django/confirm.html"


def _for_superusers(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        if user is None or (user.is_authenticated and not user.is_superuser):
            raise PermissionDenied("Only superusers may switch maintenance mode.")
        if user.is_authenticated:
            return view(request)
        login = login_url(getattr(request, "urlconf", None))
        if login is None:
            raise PermissionDenied("Log in as a superuser to switch maintenance mode.")
        return redirect_to_login(request.get_full_path(), login)

    return guarded


@never_cache
@xframe_options_deny
@require_http_methods(["GET", "HEAD", "POST"])
@_for_superusers
@csrf_protect
def maintenance_mode_on(request: HttpRequest) -> HttpResponseBase:
    """Ask (GET) and switch maintenance on (POST, with an optional ``message``)."""
    return _switch(request, turn_on=True)


@never_cache
@xframe_options_deny
@require_http_methods(["GET", "HEAD", "POST"])
@_for_superusers
@csrf_protect
def maintenance_mode_off(request: HttpRequest) -> HttpResponseBase:
    """Ask (GET) and switch maintenance off (POST). What is planned stays planned."""
    return _switch(request, turn_on=False)


def _switch(request: HttpRequest, *, turn_on: bool) -> HttpResponse:
    if request.method != "POST":
        return _page(request, turn_on=turn_on, error="", status=HTTPStatus.OK)
    # Named as such, since a user of the site and one of the system can have the same name.
    user = f"site user {request.user.get_username()}"
    by = Actor.here("control page", user)
    try:
        store = store_to_switch()
        if turn_on:
            update = switch_on(store, message=request.POST.get("message", ""), by=by)
        else:
            update = switch_off(store, by=by)
    except InvalidInput as error:
        return _page(request, turn_on=turn_on, error=str(error), status=HTTPStatus.BAD_REQUEST)
    except (MaintenanceError, ImproperlyConfigured) as error:
        logger.warning("Maintenance mode was not switched: %s", error)
        return _page(request, turn_on=turn_on, error=str(error), status=HTTPStatus.CONFLICT)
    if update.unrecorded is not None:
        logger.warning("The journal does not have this switch: %s", update.unrecorded)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, or its root."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else get_script_prefix()


def _page(request: HttpRequest, *, turn_on: bool, error: str, status: int) -> HttpResponse:
    view = get_reader().current()
    if not error:
        error = _obstacle(view)
    context = {
        "turn_on": turn_on,
        "is_on": view.on,
        "is_read_only": view.window is not None,
        "is_open": view.is_open,
        "windows": view.active,
        "message": request.POST.get("message", ""),
        "next": _next(request),
        "error": error,
        "csrf_token": get_token(request),
    }
    html = builtin_engine().get_template(_TEMPLATE).render(Context(context))
    return HttpResponse(html, status=status)


def _obstacle(state_view: StateView) -> str:
    """Why pressing the button will not do what it says, if that is known beforehand."""
    try:
        store_to_switch()
    except ImproperlyConfigured as error:
        return str(error)
    return "" if state_view.problem is None else str(state_view.problem)
