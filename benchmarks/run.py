"""What the middleware costs, beside django-maintenance-mode and a no-op middleware, in one run.

The exit code says whether everything could be run, never whether it was fast.
"""

import argparse
import sys
import tempfile
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path

from measuring.cold_start import compare_cold_starts
from measuring.comparisons import compare_off, compare_on
from measuring.effort import FULL, QUICK, Effort
from measuring.engine import drain_after_requests, grow_the_core, pass_the_gate
from measuring.growth import WINDOWS, grow
from measuring.processes import BenchmarkError
from measuring.report import Section, as_json, as_text, machine
from measuring.states import States

PACK_PAGE = Path("templates", "maintenance", "503.html")


def main() -> None:
    """Measure, print the table, and write it as JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: less than 20 seconds")
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write all figures here")
    options = parser.parse_args()
    try:
        on = machine()
        sections = _measure(QUICK if options.quick else FULL)
    except (BenchmarkError, PackageNotFoundError) as error:
        sys.exit(f"The benchmark could not be run: {error}.")
    print(as_text(sections, on))
    if options.json is not None:
        options.json.write_text(as_json(sections, on) + "\n")


def _measure(effort: Effort) -> list[Section]:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "states").mkdir()
        states = States(directory / "states")
        states.write(WINDOWS)
        _tell("the command")
        cold_starts = list(compare_cold_starts(directory, effort))
        states.wait()
        _tell("off")
        off = list(compare_off(states, effort))
        _tell("on")
        on = list(compare_on(states, effort, with_pack=_has_pack()))
        _tell("growth")
        growth = list(grow(states, effort))
        _tell("the core")
        core = [*pass_the_gate(states.ours(False, 1), effort), *grow_the_core(effort)]
        drains = list(drain_after_requests(directory, effort))
    return [
        ("Off: added per request", "dmm", "ours", off),
        ("On: the answer", "dmm", "ours", on),
        ("Growth of ours, middleware alone", "small", "large", growth),
        ("The core alone", "small", "large", core),
        ("A drain, after the last request has ended", "allowed", "ours", drains),
        ("The command, whole process", "dmm", "ours", cold_starts),
    ]


def _has_pack() -> bool:
    spec = find_spec("maintenance_templates")
    places = () if spec is None else spec.submodule_search_locations or ()
    return any((Path(place) / PACK_PAGE).exists() for place in places)


def _tell(what: str) -> None:
    """How far it is; not part of the table."""
    print(f"measuring: {what} …", file=sys.stderr)


if __name__ == "__main__":
    main()
