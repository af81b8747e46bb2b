"""A filter for log handlers, such as the one that mails the admins."""

import logging
from http import HTTPStatus

from maintenance_django.core import get_maintenance_mode

__all__ = ["RequireNotMaintenanceMode503"]


class RequireNotMaintenanceMode503(logging.Filter):
    """Drops the records of 503 answers while the site is in maintenance."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Is the record to be handled?"""
        status = getattr(record, "status_code", None)
        return status != HTTPStatus.SERVICE_UNAVAILABLE or not get_maintenance_mode()
