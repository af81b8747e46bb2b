"""The table of commands."""

import click

from maintenance_cli.commands.status import status
from maintenance_cli.commands.switch import off, on
from maintenance_cli.options import common_options

__all__ = ["maintenance"]


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Inside a Django project the state is found by itself. Start with: maintenance status",
)
@click.version_option(package_name="maintenance-cli", message="maintenance %(version)s")
@common_options
def maintenance() -> None:
    """Switch a site to maintenance and back, in every worker at once.

    Exit codes: 0 it is done; 1 it could not be done, and nothing was changed; 2 the command
    line is wrong.
    """


for command in (on, off, status):
    maintenance.add_command(command)
