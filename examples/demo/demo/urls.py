from django.contrib import admin
from django.urls import include, path

from demo import views

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("account/", views.account, name="account"),
    path("accounts/", include("django.contrib.auth.urls")),
    path("admin/", admin.site.urls),
    path("api/books/", views.books, name="books"),
    path("health/", views.health, name="health"),
    path("maintenance/", include("maintenance_django.urls")),
]
