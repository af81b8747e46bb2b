"""The URLs of a site without a login, an admin site and the switch."""

from django.urls import path

from tests.django.urls import page

urlpatterns = [path("", page), path("bare/", page)]
