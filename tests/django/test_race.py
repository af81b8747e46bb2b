"""The first "on" of a site, while requests come in."""

import threading

from django.http import HttpResponse
from django.test import RequestFactory

from maintenance_django.core import set_maintenance_mode
from maintenance_django.middleware import MaintenanceModeMiddleware

TRIALS = 1000


def test_first_on_is_never_lost_to_requests(state_path, no_disk_sync):
    site = MaintenanceModeMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/")
    stop = threading.Event()
    failures = []

    def ask():
        while not stop.is_set():
            if site(request).status_code not in (200, 503):
                failures.append("a request failed")

    visitors = [threading.Thread(target=ask) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    try:
        for trial in range(TRIALS):
            state_path.unlink(missing_ok=True)
            set_maintenance_mode(True)
            if site(request).status_code != 503:
                failures.append(f"trial {trial}")
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()
    assert failures == []
    assert state_path.exists()
