"""The name under which settings written for django-maintenance-mode ask for the state file."""

from maintenance_core import FileStore

__all__ = ["LocalFileBackend"]


class LocalFileBackend(FileStore):
    """The state in a file: the default, and so far the only backend."""
