"""``maintenance status``."""

import sys
from datetime import UTC, datetime

import click

from maintenance_cli.options import Common, common_options
from maintenance_cli.output import print_result, told_in_a_sentence
from maintenance_core import read_status
from maintenance_core.report import describe_status

__all__ = ["status"]


@click.command(epilog="Example: maintenance status --json")
@common_options
@click.pass_obj
@told_in_a_sentence
def status(common: Common) -> None:
    """Show whether maintenance is on, until when, and what is planned.

    Ends with 1 if the state cannot be read.
    """
    found = read_status(common.open_store(), datetime.now(UTC))
    written = print_result(describe_status(found, None), found.as_data(), as_json=common.json)
    if found.problem is not None or not written:
        sys.exit(1)
