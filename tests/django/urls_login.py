"""The URLs of a site with a login, and without the switch."""

from django.urls import path

from tests.django.urls import page

urlpatterns = [path("", page), path("login/", page, name="login")]
