"""Nothing but the switch."""

from maintenance_django.urls import urlpatterns

__all__ = ["urlpatterns"]
