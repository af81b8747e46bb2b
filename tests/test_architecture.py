"""Who may import whom: each arrow of the design, seen in a fresh interpreter."""

import subprocess
import sys

import pytest

IMPORT = """
import importlib, os, pkgutil, sys
before = {name.partition(".")[0] for name in sys.modules}
if "django" in sys.argv[2:]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.django.settings"
    import django
    django.setup()
for name in sys.argv[1].split(","):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(getattr(package, "__path__", []), f"{name}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
names = {name.partition(".")[0] for name in sys.modules} - before
print(*sorted(names - sys.stdlib_module_names))
"""

LOADED = """
import sys, maintenance_cli.cli
print(*{"asyncio", "django", "redis", "rich", "cronsim"} & set(sys.modules))
"""
CASES = {
    "maintenance_core": {"maintenance_core", "msgspec"},
    "maintenance_cli": {"maintenance_cli", "maintenance_core", "msgspec", "click"},
}


def imported_by(package, *flags):
    run = subprocess.run(
        [sys.executable, "-c", IMPORT, package, *flags],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("package", ["maintenance_core", "maintenance_cli"])
def test_package_imports_no_more_than_the_design_allows(package):
    found = {name for name in imported_by(package) if not name.startswith("_")}
    # msgspec makes use of this one where some other package has brought it.
    found.discard("typing_extensions")
    assert package in found
    assert found <= CASES[package]


def test_maintenance_django_imports_neither_the_pack_nor_the_command():
    found = imported_by("maintenance_django", "django")
    assert "maintenance_django" in found
    assert not found & {"maintenance_templates", "maintenance_cli", "click", "rich"}


def test_maintenance_templates_imports_none_of_its_siblings():
    found = imported_by("maintenance_templates")
    assert "maintenance_templates" in found
    assert not {name for name in found if name.startswith("maintenance_")} - {
        "maintenance_templates"
    }


def test_the_command_does_not_load_what_it_does_not_need():
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            LOADED,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == []
