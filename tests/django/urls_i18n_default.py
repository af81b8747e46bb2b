"""The URLs of a site in which each language but the default one has a prefix."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from maintenance_django.decorators import force_maintenance_mode_off
from tests.django.urls import page

urlpatterns = i18n_patterns(
    path("", page),
    path("open/", force_maintenance_mode_off(page)),
    path("admin/", include(([path("", page, name="index")], "admin"))),
    prefix_default_language=False,
)
