"""``manage.py maintenance_mode on|off|status``: a thin face of the core's operations."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maintenance_core import (
    Actor,
    InvalidInput,
    MaintenanceError,
    read_status,
    switch_off,
    switch_on,
)
from maintenance_core.period import parse_period
from maintenance_core.report import (
    describe_off,
    describe_on,
    describe_status,
    update_as_data,
)
from maintenance_django.conf import conf
from maintenance_django.core import store_to_switch
from maintenance_django.engine import get_store

_ACTIONS = {
    "on": "on",
    "yes": "on",
    "true": "on",
    "1": "on",
    "off": "off",
    "no": "off",
    "false": "off",
    "0": "off",
    "status": "status",
}
_PERIOD = ("start", "end", "for")
_ONLY_FOR_ON = (*_PERIOD, "message", "reason")


class Command(BaseCommand):
    help = "Switch maintenance mode on or off in every worker at once, or show it."
    requires_system_checks: list[str] = []  # noqa: RUF012  # as in BaseCommand

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = (
            "example: manage.py maintenance_mode on --for 30m --message 'Back at nine.'"
        )
        parser.add_argument("action", metavar="on|off|status", type=str.lower)
        parser.add_argument("--start", metavar="TIME", help="begin then, not at once")
        parser.add_argument(
            "--end", "--until", metavar="TIME", help="end by itself: 2026-11-22T21:00, or 21:00"
        )
        parser.add_argument(
            "--for", metavar="DURATION", help="end by itself after 90s, 30m, 1h30m"
        )
        parser.add_argument("--message", metavar="TEXT", help="what visitors are told")
        parser.add_argument("--reason", metavar="TEXT", help="a note for colleagues")
        parser.add_argument(
            "--all", action="store_true", help="with off: drop what is planned as well"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--interactive", action="store_true", help="ask first")

    def handle(self, *args: Any, **options: Any) -> None:
        action = _ACTIONS.get(options["action"])
        if action is None:
            raise CommandError(f"{options['action']!r} is not an action; write on, off or status.")
        self._refuse_misplaced_options(action, options)
        try:
            if action == "status":
                self._status(options)
            else:
                if options["interactive"]:
                    self._ask(action)
                self._switch(action, options)
        except InvalidInput as error:
            raise CommandError(f"--{error}") from error
        except (MaintenanceError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error

    def _refuse_misplaced_options(self, action: str, options: dict[str, Any]) -> None:
        for name in _ONLY_FOR_ON:
            if options[name] is not None and action != "on":
                raise CommandError(f"--{name} goes with on, not with {action}.")
        if options["all"] and action != "off":
            raise CommandError(f"--all goes with off, not with {action}.")

    def _ask(self, action: str) -> None:
        try:
            answer = input(f"Switch maintenance mode {action}? (y/N) ")
        except EOFError:
            answer = ""
        if not answer.strip().lower().startswith("y"):
            raise CommandError("Nothing was changed.")

    def _switch(self, action: str, options: dict[str, Any]) -> None:
        store = store_to_switch()
        by = Actor.here("manage.py maintenance_mode")
        now = datetime.now(UTC)
        zone = timezone.get_default_timezone()
        if action == "on":
            start, end = parse_period(
                start=_text(options["start"]),
                end=_text(options["end"]),
                duration=options["for"],
                now=now,
                zone=zone,
            )
            update = switch_on(
                store,
                now=now,
                start=start,
                end=end,
                message=options["message"] or "",
                reason=options["reason"] or "",
                by=by,
            )
            lines = describe_on(update, store.location, now, zone)
        else:
            update = switch_off(store, now=now, everything=options["all"], by=by)
            lines = describe_off(update, store.location, now, zone)
        self._print(options, lines, update_as_data(update, store.location, now))

    def _status(self, options: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        status = read_status(get_store(), now)
        data = {**status.as_data(), "setting": conf.MODE}
        lines = [*describe_status(status, timezone.get_default_timezone())]
        if conf.MODE is not None:
            data["status"] = data["phase"] = "on" if conf.MODE else "off"
            first = f"Maintenance is {data['status']}, since the setting MAINTENANCE_MODE is so."
            lines = [
                first,
                "The state, which it outranks, says:",
                *(f"  {line}" for line in lines),
            ]
        self._print(options, lines, data)
        if status.problem is not None:
            raise CommandError("The state cannot be read.")

    def _print(self, options: dict[str, Any], lines: Iterable[str], data: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(data))
        elif options["verbosity"]:
            for line in lines:
                self.stdout.write(line)


def _text(moment: str | datetime | None) -> str | None:
    """What ``call_command`` may be given as a datetime, as it is written on a command line."""
    return moment.isoformat() if isinstance(moment, datetime) else moment
