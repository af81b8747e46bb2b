"""What a request leaves in its thread is not there for the next test."""

import pytest
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def _no_language_or_zone_of_another_test():
    yield
    translation.deactivate()
    timezone.deactivate()
