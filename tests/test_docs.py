"""The documentation cannot drift away from the code."""

import asyncio
import re
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from maintenance_core import FileStore, drain, switch_off, switch_on
from maintenance_django import checks
from maintenance_django.conf import MaintenanceSettings

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("packages/*/README.md")]
SETTINGS = (ROOT / "docs/reference/settings.md").read_text()


@pytest.mark.parametrize("setting", MaintenanceSettings.all(), ids=lambda setting: setting.name)
def test_every_setting_is_documented_with_its_default(setting):
    assert f"| `{setting.name}` | `{setting.default!r}` |" in SETTINGS


def test_no_setting_is_documented_that_does_not_exist():
    documented = set(re.findall(r"^\| `(MAINTENANCE_MODE\w*)`", SETTINGS, re.MULTILINE))
    assert documented == {setting.name for setting in MaintenanceSettings.all()}


def test_every_check_is_documented():
    source = Path(checks.__file__).read_text()
    used = set(re.findall(r"maintenance_django\.[EW]\d{3}", source))
    documented = set(re.findall(r"`(maintenance_django\.[EW]\d{3})`", SETTINGS))
    assert used == documented


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(page):
    text = page.read_text()
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    links += re.findall(r'(?:src|srcset)="(?!https?:)([^"]+)"', text)
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize(
    "page",
    [ROOT / "packages/maintenance-core/README.md", ROOT / "docs/reference/code.md"],
    ids=lambda page: page.name,
)
def test_example_for_scripts_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (example,) = [
        block
        for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
        if "open_store" in block
    ]
    exec(example.replace("/srv/site/", ""), {})
    assert FileStore("maintenance.json").read().state.revision == 2


def test_examples_of_the_core_run_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs/reference/core.md").read_text()
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 10
    names = {}
    for example in examples:
        exec(example, names)

    def ask(**environ):
        environ = {"QUERY_STRING": "", "SCRIPT_NAME": "", "PATH_INFO": "/"} | environ
        setup_testing_defaults(environ)
        status = []
        body = validator(names["application"])(environ, lambda *start: status.append(start[0]))
        answer = (status, b"".join(body))
        body.close()
        return answer

    store = FileStore("maintenance.json")
    switch_off(store)
    assert ask() == (["200 OK"], b"Hello.")
    switch_on(store, message="Back soon.", mode="read-only", paths=["/shop"])
    assert ask(PATH_INFO="/shop/cart") == (["200 OK"], b"Hello.")
    assert ask(PATH_INFO="/shop/cart", REQUEST_METHOD="POST") == (
        ["503 Service Unavailable"],
        b"Back soon.",
    )
    assert ask(PATH_INFO="/shopping", REQUEST_METHOD="POST") == (["200 OK"], b"Hello.")
    switch_on(store, paths=["/ü"])
    assert ask(PATH_INFO="/ü/x".encode().decode("latin-1"))[0] == ["503 Service Unavailable"]
    assert asyncio.run(ask_async(names["asgi_application"], "/ü")) == 503
    assert asyncio.run(ask_async(names["asgi_application"], "/")) == 200
    assert drain(store.gate_path, 0).outcome == "drained"


async def ask_async(application, path):
    sent = []

    async def send(message):
        sent.append(message)

    await application({"type": "http", "path": path, "method": "GET"}, None, send)
    return sent[0]["status"]


def test_readme_has_the_two_lines():
    start = "    python3 -m venv .venv && .venv/bin/pip install -q hatch && .venv/bin/hatch run "
    lines = (ROOT / "README.md").read_text().splitlines()
    assert [line.removeprefix(start) for line in lines if line.startswith(start)] == [
        "demo",
        "test",
    ]


def test_every_promise_names_a_test_that_exists():
    cited = re.findall(r"`([\w/]+\.py)::(\w+)`", (ROOT / "docs/reliability.md").read_text())
    assert len(cited) > 30
    missing = [
        f"{file}::{test}"
        for file, test in cited
        if f"def {test}(" not in (ROOT / "tests" / file).read_text()
    ]
    assert missing == []
