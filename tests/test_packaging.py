"""One version, one licence, and the same rules for all four packages."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = sorted((ROOT / "packages").iterdir())
VERSION = (ROOT / "VERSION").read_text().strip()


def project(package):
    return tomllib.loads((package / "pyproject.toml").read_text())["project"]


def test_there_are_the_four_packages():
    names = [project(package)["name"] for package in PACKAGES]
    assert names == [
        "maintenance-cli",
        "maintenance-core",
        "maintenance-django",
        "maintenance-templates",
    ]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_siblings_are_pinned_to_the_one_version(package):
    siblings = [
        requirement
        for requirement in project(package)["dependencies"]
        if requirement.startswith("maintenance-")
    ]
    assert all(requirement.endswith(f"=={VERSION}") for requirement in siblings), siblings


def test_packages_depend_on_no_more_than_the_design_allows():
    assert {
        package.name: sorted(
            re.split(r"[<>=~!\[;]", requirement)[0]
            for requirement in project(package)["dependencies"]
        )
        for package in PACKAGES
    } == {
        "maintenance-core": ["cronsim", "msgspec", "tzdata"],
        "maintenance-django": ["Django", "maintenance-core"],
        "maintenance-templates": ["Django"],
        "maintenance-cli": ["click", "maintenance-core"],
    }


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_package_carries_the_licence_a_readme_and_its_types(package):
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (package / "README.md").read_text().startswith(f"# {package.name}\n")
    assert [*package.glob("src/*/py.typed")]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_package_takes_its_version_from_the_one_file(package):
    config = tomllib.loads((package / "pyproject.toml").read_text())
    assert config["project"]["dynamic"] == ["version"]
    assert config["tool"]["hatch"]["version"]["path"] == "../../VERSION"


def test_the_changelog_tells_of_this_version():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    released = [heading for heading in headings if heading.startswith(f"{VERSION} (")]
    assert released == headings[1:2]


@pytest.mark.parametrize(
    "file", [*ROOT.glob("packages/*/src/**/*.py")], ids=lambda file: file.name
)
def test_source_files_stay_below_300_lines(file):
    assert len(file.read_text().splitlines()) < 300
