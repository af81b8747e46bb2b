"""What is in the logs, and what is not."""

import logging

import pytest

from maintenance_django.core import set_maintenance_mode
from maintenance_django.logging import RequireNotMaintenanceMode503


@pytest.fixture
def request_log(caplog):
    return lambda: [record for record in caplog.records if record.name == "django.request"]


@pytest.mark.parametrize("path", ["/", "/missing/"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_planned_503_is_no_error_of_a_request(on, client, request_log, path, accept):
    assert client.get(path, headers={"accept": accept}).status_code == 503
    assert request_log() == []


async def test_planned_503_is_no_error_of_a_request_in_an_event_loop(
    async_client, settings, request_log
):
    settings.MAINTENANCE_MODE = True
    assert (await async_client.get("/")).status_code == 503
    assert request_log() == []


def test_closed_view_is_no_error_of_a_request(client, request_log):
    assert client.get("/closed/function/").status_code == 503
    assert request_log() == []


def test_setting_brings_the_record_back(on, client, settings, request_log):
    settings.MAINTENANCE_MODE_LOG_RESPONSES = True
    client.get("/")
    (record,) = request_log()
    assert (record.levelname, record.status_code) == ("ERROR", 503)


def test_other_errors_are_logged_as_ever(client, request_log):
    client.get("/missing/")
    (record,) = request_log()
    assert record.status_code == 404


@pytest.mark.parametrize(
    ("value", "status", "handled"),
    [
        (True, 503, False),
        (True, 500, True),
        (True, None, True),
        (False, 503, True),
        (False, 500, True),
        (False, None, True),
    ],
)
def test_filter_drops_only_a_503_of_maintenance(value, status, handled):
    set_maintenance_mode(value)
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "message", (), None)
    if status is not None:
        record.status_code = status
    assert RequireNotMaintenanceMode503().filter(record) is handled


def test_filter_can_be_named_in_the_settings_of_the_logs(run_python):
    # These are read before there are any apps.
    code = """
        import django
        from django.conf import settings
        name = "maintenance_django.logging.RequireNotMaintenanceMode503"
        settings.configure(
            INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
            LOGGING={
                "version": 1,
                "filters": {"no_503": {"()": name}},
                "handlers": {"null": {"class": "logging.NullHandler", "filters": ["no_503"]}},
                "loggers": {"django": {"handlers": ["null"]}},
            },
        )
        django.setup()
        import logging
        print(*map(type, logging.getLogger("django").handlers[0].filters))
    """
    assert "RequireNotMaintenanceMode503" in run_python(code)


def test_filter_works_in_a_handler(on, client, settings):
    settings.MAINTENANCE_MODE_LOG_RESPONSES = True
    handled = []
    handler = logging.Handler()
    handler.emit = handled.append
    handler.addFilter(RequireNotMaintenanceMode503())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        client.get("/")
        assert handled == []
        set_maintenance_mode(False)
        client.get("/missing/")
        assert [record.status_code for record in handled] == [404]
    finally:
        logger.removeHandler(handler)
