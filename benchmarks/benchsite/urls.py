"""The admin, the contender's switch, and as many pages as asked for; the measured ones are in
the middle.
"""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from benchsite.paths import ASYNC_PAGE, PAGE
from benchsite.views import async_page, decorated_page, page

VARIANT = settings.VARIANT
URLS_OF = {"dmm": "maintenance_mode.urls", "ours": "maintenance_django.urls"}

pages = [
    path(f"page-{index}/<int:pk>/", page, name=f"page-{index}") for index in range(VARIANT.urls)
]
middle = len(pages) // 2
pages[middle:middle] = [
    path(PAGE.removeprefix("/"), page, name="measured"),
    path(ASYNC_PAGE.removeprefix("/"), async_page, name="measured-async"),
]

urlpatterns = [path("admin/", admin.site.urls)]
if VARIANT.contender in URLS_OF:
    urlpatterns.append(path("maintenance/", include(URLS_OF[VARIANT.contender])))
urlpatterns += pages
if VARIANT.decorated:
    urlpatterns.append(path("health/", decorated_page(VARIANT.contender), name="health"))
