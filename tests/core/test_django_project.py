"""A Django project as its files tell it; nothing of it is run."""

import ast

import pytest

from maintenance_core import LocationError
from maintenance_core.django_project import find_django_project

NAME = "MAINTENANCE_MODE_STATE_FILE_PATH"


def lay_out(root, files):
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def project_in(root, manage, **environ):
    lay_out(root, {"manage.py": manage, "shop/settings.py": "", "other/settings.py": ""})
    return find_django_project(environ, root)


@pytest.mark.parametrize(
    "manage",
    [
        'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")',
        'import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"',
        "def main():\n  if 1:\n    environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')",
        'f("A", "x")\nx["A"] = "y"\ny = 3\nset("DJANGO_SETTINGS_MODULE", "shop.settings")',
    ],
)
def test_the_settings_are_those_that_manage_py_names(tmp_path, manage):
    project = project_in(tmp_path, manage)
    assert project.root == tmp_path
    assert project.settings_file == tmp_path / "shop" / "settings.py"


def test_the_variable_of_django_comes_first(tmp_path):
    project = project_in(tmp_path, "broken (", DJANGO_SETTINGS_MODULE="other.settings")
    assert project.settings_file == tmp_path / "other" / "settings.py"


def test_the_nearest_manage_py_counts(tmp_path):
    project_in(tmp_path, 'setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_django_project({}, below).root == tmp_path
    (below / "manage.py").mkdir()
    assert find_django_project({}, below).root == tmp_path


def test_no_manage_py_is_no_project(tmp_path):
    assert find_django_project({"DJANGO_SETTINGS_MODULE": "shop.settings"}, tmp_path) is None


@pytest.mark.parametrize("manage", ["", 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", name)'])
def test_a_manage_py_that_names_no_settings_is_told(tmp_path, manage):
    with pytest.raises(
        LocationError, match=r"manage.py does not plainly name one settings module; set"
    ):
        project_in(tmp_path, manage)


@pytest.mark.parametrize("more", ["if T:\n  ", ""])
def test_a_manage_py_that_names_several_settings_is_told(tmp_path, more):
    says = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}")'
    manage = f"{says.format('shop.settings')}\n{more}{says.format('other.settings')}"
    with pytest.raises(
        LocationError, match=r"manage.py does not plainly name one settings module; set"
    ):
        project_in(tmp_path, manage)
    assert project_in(tmp_path, manage, DJANGO_SETTINGS_MODULE="other.settings")
    twice = "\n".join([says.format("shop.settings")] * 2)
    assert project_in(tmp_path, twice).settings_file == tmp_path / "shop" / "settings.py"


@pytest.mark.parametrize("error", [SyntaxError, ValueError, RecursionError, PermissionError])
def test_whatever_keeps_a_file_from_being_read_is_told(tmp_path, monkeypatch, error):
    """What Python raises for one and the same file depends on its version."""

    def fails(source):
        raise error("as it is")

    with monkeypatch.context() as patch:
        patch.setattr(ast, "parse", fails)
        with pytest.raises(LocationError, match=r"manage.py cannot be read \(as it is\); name"):
            project_in(tmp_path, "")


@pytest.mark.parametrize(
    "content", [b"x = (", b"\0", b"\xff", b"x = " + b"(" * 5000, b"x = a" + b".a" * 100_000]
)
def test_a_manage_py_that_cannot_be_read_is_told(tmp_path, content):
    (tmp_path / "manage.py").write_bytes(content)
    with pytest.raises(LocationError, match=r"manage.py cannot be read \("):
        find_django_project({}, tmp_path)


@pytest.mark.parametrize("module", ["shop.gone", "gone", "..", "shop/settings", "a\0b"])
def test_settings_that_are_not_there_are_told(tmp_path, module):
    with pytest.raises(LocationError, match=r"is not below .*; name the state with --state PATH"):
        project_in(tmp_path, "", DJANGO_SETTINGS_MODULE=module)


def value(root, files, module="shop.settings", name=NAME):
    lay_out(root, {"manage.py": ""} | files)
    return find_django_project({"DJANGO_SETTINGS_MODULE": module}, root).value(name)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", None),
        ("X = 1", None),
        (f"{NAME} = '/srv/x'", "/srv/x"),
        (f"{NAME}: str = '/srv/x'", "/srv/x"),
        (f"{NAME}: str", None),
        (f"{NAME} = '/old'\n{NAME} = '/srv/x'", "/srv/x"),
        (f"{NAME} = compute()\n{NAME} = '/srv/x'", "/srv/x"),
        (f"if DEBUG:\n  {NAME} = '/debug'\n{NAME} = '/srv/x'", "/srv/x"),
        (f"{NAME} = None", None),
        (f"def f():\n  {NAME} = '/local'", None),
        (f"X = {NAME!r}\nuse({NAME})", None),
        ("from django.conf.global_settings import *", None),
        ("from django.gone import *", None),
        (f"from .gone import *\n{NAME} = '/srv/x'", "/srv/x"),
        ("try:\n  from .gone import *\nexcept ImportError:\n  pass", None),
        ("try:\n  from gone import *\nexcept ImportError:\n  pass\nelse:\n  X = 1", None),
        ("from .settings import *", None),
        ("import os\nfrom pathlib import Path", None),
        ("try:\n  import x\nexcept ImportError:\n  x = 1", None),
        (f"X = '\\d'\n{NAME} = '/srv/x'", "/srv/x"),
    ],
)
def test_what_is_said_in_plain_words_last_counts(tmp_path, settings, expected):
    assert value(tmp_path, {"shop/settings.py": settings}) == expected


@pytest.mark.parametrize(
    "settings",
    [
        f"{NAME} = BASE_DIR / 'x'",
        f"{NAME} = f'{{BASE_DIR}}/x'",
        f"{NAME} = '/a' + '/b'",
        f"{NAME} = '/srv/x'\nif DEBUG:\n  {NAME} = '/debug'",
        f"{NAME} = '/srv/x'\nwith x:\n  {NAME} = '/y'",
        f"{NAME} = '/srv/x'\n{NAME} += '/y'",
        f"{NAME}, X = '/srv/x', 1",
        f"X = {NAME} = '/srv/x'",
        f"for {NAME} in ('/a', '/b'):\n  pass",
        f"from .paths import {NAME}",
        f"from .paths import X as {NAME}",
        f"try:\n  from .gone import *\nexcept ImportError:\n  {NAME} = '/srv/x'",
        "if DEBUG:\n  from .debug import *",
        "from .gone import *",
        "from gone import *",
        "from djangoish.settings import *",
        f"{NAME} = '/srv/x'\nfrom gone import *",
        "if DEBUG:\n  from gone import *",
        f"from {'.' * 200}x import *",
        f"try:\n  from .gone import *\nexcept E:\n  pass\nelse:\n  {NAME} = '/srv/x'",
        f"try:\n  from .gone import *\nexcept E:\n  pass\nfinally:\n  {NAME} = '/srv/x'",
        "try:\n  X = 1\n  from .debug import *\nexcept ImportError:\n  pass",
    ],
)
def test_what_only_running_the_settings_could_tell_is_refused(tmp_path, settings):
    files = {"shop/settings.py": settings, "shop/debug.py": f"{NAME} = '/debug'"}
    with pytest.raises(LocationError, match=f"computes {NAME}, which this command does not run"):
        value(tmp_path, files)


@pytest.mark.parametrize(
    "statement",
    [
        "from .base import *",
        "from shop.settings.base import *",
        "from ..settings.base import *",
        "from . import *",
        "try:\n  from .base import *\nexcept ImportError:\n  pass",
    ],
)
def test_settings_that_are_star_imported_count(tmp_path, statement):
    files = {
        "shop/settings/__init__.py": f"{NAME} = '/srv/base'",
        "shop/settings/base.py": f"{NAME} = '/srv/base'",
        "shop/settings/local.py": statement,
    }
    assert value(tmp_path, files, "shop.settings.local") == "/srv/base"
    files["shop/settings/local.py"] += f"\n{NAME} = '/srv/local'"
    assert value(tmp_path, files, "shop.settings.local") == "/srv/local"


def test_a_settings_package_is_read_from_its_init(tmp_path):
    files = {
        "shop/settings/__init__.py": "from .base import *",
        "shop/settings/base/__init__.py": f"{NAME} = '/srv/x'",
    }
    assert value(tmp_path, files) == "/srv/x"


def test_settings_that_import_each_other_come_to_an_end(tmp_path):
    files = {
        "shop/settings.py": f"from .b import *\n{NAME} = '/srv/x'",
        "shop/b.py": "from .c import *",
        "shop/c.py": "from .settings import *\nfrom .b import *",
    }
    assert value(tmp_path, files) == "/srv/x"


def test_settings_that_cannot_be_read_are_told(tmp_path):
    with pytest.raises(LocationError, match=r"settings.py cannot be read \("):
        value(tmp_path, {"shop/settings.py": "x = ("})


def test_nothing_of_the_project_is_run(tmp_path):
    trap = f"{NAME} = '/srv/x'\nopen({str(tmp_path / 'ran')!r}, 'w')"
    assert value(tmp_path, {"shop/settings.py": trap, "shop/__init__.py": trap}) == "/srv/x"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "settings",
    [
        f"class Production:\n  {NAME} = '/local'",
        f"def f():\n  global {NAME}\n  {NAME} = '/x'\nf()",
        f"{NAME} = '/x'\ndel {NAME}",
        f"match x:\n  case {NAME}:\n    pass",
        f"match x:\n  case [*{NAME}]:\n    pass",
        "exec(open('local.py').read())",
        "globals().update({})",
        "setattr(sys.modules[__name__], 'A', 1)",
        "include('local.py')",
        "if x:\n  include(optional('local.py'))",
        f"BASE = Path('/a')\nBASE = Path('/b')\n{NAME} = BASE / 'x'",
    ],
)
def test_settings_that_may_get_the_name_unseen_are_refused(tmp_path, settings):
    with pytest.raises(LocationError, match=f"computes {NAME}, which this command does not run"):
        value(tmp_path, {"shop/settings.py": settings})


def test_manage_py_that_computes_the_module_in_one_place_is_refused(tmp_path):
    manage = (
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config." + stage)\n'
        'if "test" in sys.argv:\n    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"\n'
    )
    with pytest.raises(LocationError, match="does not plainly name one settings module"):
        project_in(tmp_path, manage)
