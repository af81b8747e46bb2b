"""``maintenance``, also as ``python -m maintenance_cli``."""

from maintenance_cli.cli import maintenance

__all__ = ["main"]


def main() -> None:
    """The entry point of the command."""
    maintenance(prog_name="maintenance")


if __name__ == "__main__":
    main()
