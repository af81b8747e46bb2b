"""The site's root: where the server puts it (``SCRIPT_NAME``), and paths that count from there."""

from urllib.parse import unquote

from django.urls import get_script_prefix

__all__ = ["below_root"]


def below_root(path: str) -> str:
    """``path`` decoded, and without what the server puts before the site's root."""
    prefix = get_script_prefix()
    path = unquote(path)
    return f"/{path.removeprefix(prefix)}" if path.startswith(prefix) else path
