"""The URLs of a site whose pages are made in the browser, beside an admin site."""

from django.contrib import admin
from django.urls import path, re_path

from tests.django.urls import page

urlpatterns = [path("admin/", admin.site.urls), re_path("^.*$", page)]
