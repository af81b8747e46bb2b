"""Build all eight archives and look at them as an index and a new user would.

twine has no complaint; a wheel made from each source archive holds the same files; each wheel
installs alone into a fresh environment and works there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
NAMES = ("core", "django", "templates", "cli")

IMPORT_EVERYTHING = """
import importlib, pkgutil
package = importlib.import_module("{name}")
for module in pkgutil.walk_packages(package.__path__, "{name}."):
    importlib.import_module(module.name)
"""
IN_DJANGO = """
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "{name}"],
    MAINTENANCE_MODE_STATE_FILE_PATH="state.json",
)
django.setup()
"""
NO_DJANGO = """
import importlib.util
assert importlib.util.find_spec("django") is None, "Django must not be here"
"""
SMOKE = {
    "core": NO_DJANGO,
    "django": IN_DJANGO
    + """
from django.test import RequestFactory
from maintenance_django.core import get_maintenance_mode, set_maintenance_mode
from maintenance_django.http import get_maintenance_response
set_maintenance_mode(True)
assert get_maintenance_mode()
response = get_maintenance_response(RequestFactory().get("/"))
assert response.status_code == 503 and b"<h1" in response.content
from django.template import Context
from maintenance_django.pages import builtin_engine
builtin_engine().get_template("maintenance_django/confirm.html").render(Context({{}}))
set_maintenance_mode(False)
""",
    "templates": IN_DJANGO
    + """
from django.template.backends.django import DjangoTemplates
engine = DjangoTemplates({{"NAME": "d", "DIRS": [], "APP_DIRS": True, "OPTIONS": {{}}}})
assert "<h1" in engine.get_template("maintenance/503.html").render({{}})
""",
    "cli": NO_DJANGO,
}


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """What the command prints; ends this run if it fails."""
    ended = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def build() -> None:
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "hatch", "build", "--all")
    archives = sorted(DIST.iterdir())
    print(*(archive.name for archive in archives), sep="\n", flush=True)
    if len(archives) != 2 * len(NAMES):
        sys.exit(f"{len(archives)} archives were built instead of {2 * len(NAMES)}.")
    print(run(sys.executable, "-m", "twine", "check", "--strict", *archives), flush=True)


def files_in(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def check_wheel_from_sdist(name: str, folder: Path) -> None:
    (sdist,) = DIST.glob(f"maintenance_{name}-*.tar.gz")
    (wheel,) = DIST.glob(f"maintenance_{name}-*.whl")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, sdist)
    again = folder / wheel.name
    if files_in(again) != files_in(wheel):
        sys.exit(f"{sdist.name} makes another wheel: {files_in(again) ^ files_in(wheel)}")
    print(f"{sdist.name}: makes the same wheel", flush=True)


def check_alone(name: str, folder: Path) -> None:
    """Install one wheel, and nothing that it does not ask for."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    (wheel,) = DIST.glob(f"maintenance_{name}-*.whl")
    run(python, "-m", "pip", "install", "-q", "--find-links", DIST, wheel)
    package = f"maintenance_{name}"
    program = (SMOKE[name] + IMPORT_EVERYTHING).format(name=package)
    run(python, "-W", "error", "-c", program, cwd=folder)
    if name == "cli":
        switch(folder)
    print(f"{wheel.name}: installs alone, and works", flush=True)


def switch(folder: Path) -> None:
    command = folder / "bin" / "maintenance"
    for arguments, expected in (
        (["on", "--for", "5m"], "Maintenance is on."),
        (["status"], "Maintenance is on."),
        (["off"], "Maintenance is off."),
    ):
        said = run(command, "--state", "state.json", *arguments, cwd=folder)
        if expected not in said:
            sys.exit(f"maintenance {arguments[0]} said: {said}")


def main() -> None:
    os.environ.pop("PYTHONPATH", None)
    # hatch is to build the workspace, not what the environment of this script is for.
    os.environ.pop("HATCH_ENV_ACTIVE", None)
    build()
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            check_wheel_from_sdist(name, Path(folder, "wheels"))
            check_alone(name, Path(folder, name))


if __name__ == "__main__":
    main()
