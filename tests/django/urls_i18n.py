"""The URLs of a site in which each language has a prefix, and one path is not ASCII."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from maintenance_django.decorators import force_maintenance_mode_off
from tests.django.urls import page

urlpatterns = [
    path("", page),
    *i18n_patterns(
        path("login/", page, name="login"),
        path("down/", page, name="down"),
        path("open/", force_maintenance_mode_off(page)),
        path("admin/", admin.site.urls),
        path("störung/", include("maintenance_django.urls")),
    ),
]
