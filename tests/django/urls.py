"""The URLs of the test site."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import include, path, re_path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from maintenance_django.decorators import force_maintenance_mode_off, force_maintenance_mode_on


def page(request):
    return HttpResponse("page")


async def async_page(request):
    return HttpResponse("async page")


class Page(View):
    def get(self, request):
        return HttpResponse("page of a class")


class AsyncPage(View):
    async def get(self, request):
        return HttpResponse("async page of a class")


@force_maintenance_mode_off
class OpenPage(Page):
    pass


@force_maintenance_mode_off
class OpenAsyncPage(AsyncPage):
    pass


@force_maintenance_mode_on
class ClosedPage(Page):
    pass


@force_maintenance_mode_on
class ClosedAsyncPage(AsyncPage):
    pass


@method_decorator(force_maintenance_mode_off, name="dispatch")
class OpenByMethod(Page):
    pass


@method_decorator(force_maintenance_mode_on, name="dispatch")
class ClosedByMethod(Page):
    pass


@method_decorator(force_maintenance_mode_on, name="dispatch")
class ClosedAsyncByMethod(AsyncPage):
    pass


@method_decorator(force_maintenance_mode_off, name="dispatch")
class OpenAsyncByMethod(AsyncPage):
    pass


OPEN = {
    "function": force_maintenance_mode_off(page),
    "async-function": force_maintenance_mode_off(async_page),
    "class": OpenPage.as_view(),
    "async-class": OpenAsyncPage.as_view(),
    "class-by-method": OpenByMethod.as_view(),
    "async-class-by-method": OpenAsyncByMethod.as_view(),
    "view-of-class": force_maintenance_mode_off(Page.as_view()),
    "view-of-async-class": force_maintenance_mode_off(AsyncPage.as_view()),
    "under-csrf-exempt": csrf_exempt(force_maintenance_mode_off(page)),
    "over-csrf-exempt": force_maintenance_mode_off(csrf_exempt(page)),
}
CLOSED = {
    "function": force_maintenance_mode_on(page),
    "async-function": force_maintenance_mode_on(async_page),
    "class": ClosedPage.as_view(),
    "async-class": ClosedAsyncPage.as_view(),
    "class-by-method": ClosedByMethod.as_view(),
    "async-class-by-method": ClosedAsyncByMethod.as_view(),
    "view-of-class": force_maintenance_mode_on(Page.as_view()),
    "view-of-async-class": force_maintenance_mode_on(AsyncPage.as_view()),
    "under-csrf-exempt": csrf_exempt(force_maintenance_mode_on(page)),
    "over-csrf-exempt": force_maintenance_mode_on(csrf_exempt(page)),
}

urlpatterns = [
    path("shadowed/", page),
    re_path("^shadowed/", force_maintenance_mode_off(page)),
    path("", page, name="page"),
    path("async/", async_page),
    path("class/", Page.as_view()),
    path("async-class/", AsyncPage.as_view()),
    *(path(f"open/{name}/", view) for name, view in OPEN.items()),
    *(path(f"closed/{name}/", view) for name, view in CLOSED.items()),
    path("members/open/", login_required(force_maintenance_mode_off(page))),
    path("down/", page, name="down"),
    path("downloads/", page),
    path("login/", page, name="login"),
    path("admin/", admin.site.urls),
    path("maintenance/", include("maintenance_django.urls")),
]
