from django.apps import AppConfig


class MaintenanceTemplatesConfig(AppConfig):
    name = "maintenance_templates"
    verbose_name = "Maintenance pages"
