"""What ``startproject`` writes, with one middleware and its app added."""

import os
import re
from ipaddress import IPv4Address
from pathlib import Path

from measuring.variant import VARIABLE, Variant

VARIANT = Variant.load(os.environ[VARIABLE])

SECRET_KEY = "only-for-the-benchmark"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "benchsite.urls"
USE_TZ = True
STATIC_URL = "static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
COMMON_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE_OF = {
    "noop": "benchsite.middleware.NoOpMiddleware",
    "dmm": "maintenance_mode.middleware.MaintenanceModeMiddleware",
    "ours": "maintenance_django.middleware.MaintenanceModeMiddleware",
}
APPS_OF = {"noop": [], "dmm": ["maintenance_mode"], "ours": ["maintenance_django"]}

MEASURED_MIDDLEWARE = MIDDLEWARE_OF[VARIANT.contender]
MIDDLEWARE = {
    "last": [*COMMON_MIDDLEWARE, MEASURED_MIDDLEWARE],
    "first": [MEASURED_MIDDLEWARE, *COMMON_MIDDLEWARE],
    "only": [MEASURED_MIDDLEWARE],
}[VARIANT.place]
INSTALLED_APPS += APPS_OF[VARIANT.contender]
if VARIANT.page == "pack":
    INSTALLED_APPS += ["maintenance_templates"]

# Without a template of the project django-maintenance-mode has no page at all.
HAS_OWN_TEMPLATE = VARIANT.contender == "dmm" or VARIANT.page == "own"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"] if HAS_OWN_TEMPLATE else [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

MAINTENANCE_MODE_STATE_FILE_PATH = VARIANT.state
MAINTENANCE_MODE_IGNORE_SUPERUSER = VARIANT.superusers
if VARIANT.contender == "dmm" and VARIANT.page == "pack":
    MAINTENANCE_MODE_TEMPLATE = "maintenance/503.html"

_FIRST = int(IPv4Address("10.0.0.0"))
_ADDRESSES = [str(IPv4Address(_FIRST + 32 * index)) for index in range(VARIANT.networks)]
if VARIANT.contender == "dmm":  # takes regular expressions only
    MAINTENANCE_MODE_IGNORE_IP_ADDRESSES = [re.escape(address) + "$" for address in _ADDRESSES]
else:
    MAINTENANCE_MODE_IGNORE_IP_ADDRESSES = [f"{address}/28" for address in _ADDRESSES]
