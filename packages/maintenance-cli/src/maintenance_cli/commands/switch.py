"""``maintenance on`` and ``maintenance off``."""

from datetime import UTC, datetime

import click

from maintenance_cli.options import Common, common_options
from maintenance_cli.output import print_result, told_in_a_sentence
from maintenance_core import Actor, switch_off, switch_on
from maintenance_core.period import parse_period
from maintenance_core.report import describe_off, describe_on, update_as_data

__all__ = ["off", "on"]

_TOOL = "maintenance"


@click.command(epilog="Example: maintenance on --for 30m --message 'Back in half an hour.'")
@click.option("--for", "duration", metavar="DURATION", help="End by itself: 90s, 30m, 1h30m, 2d.")
@click.option(
    "--until",
    "--end",
    "end",
    metavar="TIME",
    help="End by itself: 2026-11-22T21:00, or 21:00 for the next; local unless it has a zone.",
)
@click.option("--start", metavar="TIME", help="Begin then, not at once.")
@click.option("--message", default="", metavar="TEXT", help="What visitors are told.")
@click.option("--reason", default="", metavar="TEXT", help="A note for colleagues.")
@common_options
@click.pass_obj
@told_in_a_sentence
def on(
    common: Common,
    *,
    duration: str | None,
    end: str | None,
    start: str | None,
    message: str,
    reason: str,
) -> None:
    """Switch maintenance on.

    When this ends with 0, every worker answers its next request with the page.
    """
    store = common.open_store()
    now = datetime.now(UTC)
    begin, finish = parse_period(start=start, end=end, duration=duration, now=now, zone=None)
    update = switch_on(
        store,
        now=now,
        start=begin,
        end=finish,
        message=message,
        reason=reason,
        by=Actor.here(_TOOL),
    )
    print_result(
        describe_on(update, store.location, now, None),
        update_as_data(update, store.location, now),
        as_json=common.json,
    )


@click.command(epilog="Example: maintenance off")
@click.option("--all", "everything", is_flag=True, help="Drop what is planned as well.")
@common_options
@click.pass_obj
@told_in_a_sentence
def off(common: Common, *, everything: bool) -> None:
    """Switch maintenance off. What is planned stays planned."""
    store = common.open_store()
    now = datetime.now(UTC)
    update = switch_off(store, now=now, everything=everything, by=Actor.here(_TOOL))
    print_result(
        describe_off(update, store.location, now, None),
        update_as_data(update, store.location, now),
        as_json=common.json,
    )
