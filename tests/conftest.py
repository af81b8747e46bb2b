"""What a request leaves in its thread is not there for the next test; and how long tests run."""

import os

import pytest
from django.utils import timezone, translation


def pytest_addoption(parser):
    parser.addoption(
        "--long", action="store_true", help="let tests that search run for minutes, not seconds"
    )


@pytest.fixture
def no_disk_sync(monkeypatch):
    """Many changes in little time, where what survives a power loss is not the question."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def long_run(request):
    """Is there time for minutes of searching?"""
    return request.config.getoption("--long")


@pytest.fixture(autouse=True)
def _no_language_or_zone_of_another_test():
    yield
    translation.deactivate()
    timezone.deactivate()
