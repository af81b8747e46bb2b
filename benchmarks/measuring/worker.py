"""A contender's own process. It measures when it is told to, and waits silently otherwise.

One line of standard input is ``<probe> <number of requests>``; the answer is one line of JSON.
"""

import gc
import json
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).parent.parent))


def main() -> None:
    """Set up the site of the environment, then serve samples until the input ends."""
    django.setup()
    # Both need the site that was just set up.
    from django.conf import settings  # noqa: PLC0415

    from measuring.probes import PROBES, Probe  # noqa: PLC0415

    expected = 503 if settings.VARIANT.on and settings.VARIANT.contender != "noop" else 200
    probes: dict[str, Probe] = {}
    for line in sys.stdin:
        name, count = line.split()
        if name not in probes:
            probes[name] = PROBES[name]()
            probes[name](int(count))
            gc.collect()
            gc.freeze()  # the site itself is no garbage: do not look through it each time
        seconds, status = probes[name](int(count))
        if status != expected:
            sys.exit(f"{name} answered {status} instead of {expected}: {settings.VARIANT}")
        print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    main()
