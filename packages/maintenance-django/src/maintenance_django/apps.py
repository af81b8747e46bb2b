from django.apps import AppConfig
from django.core.checks import register

from maintenance_django.checks import CHECKS


class MaintenanceDjangoConfig(AppConfig):
    name = "maintenance_django"
    verbose_name = "Maintenance mode"

    def ready(self) -> None:
        for check in CHECKS:
            register(check, "maintenance")
