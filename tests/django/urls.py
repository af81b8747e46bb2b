"""The URLs of the test site."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from maintenance_django.decorators import force_maintenance_mode_off, force_maintenance_mode_on


def page(request):
    return HttpResponse("page")


async def async_page(request):
    return HttpResponse("async page")


urlpatterns = [
    path("", page, name="page"),
    path("async/", async_page),
    path("always-open/", force_maintenance_mode_off(page)),
    path("always-closed/", force_maintenance_mode_on(page)),
    path("login/", page, name="login"),
    path("admin/", admin.site.urls),
    path("maintenance/", include("maintenance_django.urls")),
]
