"""Many exempt URLs at once say what each of them says by itself."""

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_core.url_rules import UrlRules


def rules(*patterns):
    return UrlRules(re.compile(pattern) for pattern in patterns)


def test_no_patterns_match_nothing():
    assert not UrlRules()
    assert UrlRules().match("/") is None
    assert UrlRules([]).match("") is None


@pytest.mark.parametrize("pattern", ["/api/", "/api/$", ""])
def test_one_pattern_of_any_kind_is_some(pattern):
    assert rules(pattern)


def test_the_pattern_that_matches_is_told_as_it_was_written():
    found = rules("^/api/", r"/files/v1\.2/", r"/health/\Z")
    assert found.match("/api/users/") == "^/api/"
    assert found.match("/files/v1.2/a") == r"/files/v1\.2/"
    assert found.match("/health/") == r"/health/\Z"
    assert found.match("/health/x") is None
    assert found.match("/x/api/") is None


@pytest.mark.parametrize("pattern", ["", "^", r"\A"])
def test_an_empty_pattern_matches_everything(pattern):
    found = rules("/a/", pattern, "/b/$")
    assert found.match("") == found.match("/anything") == pattern


def test_of_two_plain_patterns_the_shorter_one_says_it_all():
    found = rules("/a/b/", "/a/", "/a/b", "/a/c/d/")
    assert found.match("/a/b/") == found.match("/a/bb") == found.match("/a/z") == "/a/"
    assert found.match("/a") is None


def test_the_order_in_which_patterns_are_given_does_not_matter():
    given_patterns = ("/b/", "/d/$", "/c/x/", "/a/", "/c/")
    for order in permutations(given_patterns):
        found = rules(*order)
        assert [found.match(path) for path in ("/a/", "/b/x", "/c/y", "/d/")] == [
            "/a/", "/b/", "/c/", "/d/$"
        ]  # fmt: skip
        assert found.match("/bb/") is None


PLAIN = {
    "/api/": "/api/",
    "^/api/": "/api/",
    r"\A/api/": "/api/",
    r"/a\.b\-c\/d\_e\ f\~": "/a.b-c/d_e f~",
    r"\^\$\\A\(\)": r"^$\A()",
    re.escape("/größe/#1 2\t\n"): "/größe/#1 2\t\n",
    "/ähnlich/€": "/ähnlich/€",
    "/1 2#3": "/1 2#3",
    "\\\u0663": "\u0663",
}


@pytest.mark.parametrize(("pattern", "prefix"), [*PLAIN.items()])
def test_a_plain_pattern_is_found_without_trying_it(pattern, prefix):
    found = rules(pattern)
    assert found._others == []
    assert found.match(prefix) == found.match(f"{prefix}x") == pattern
    assert found.match(prefix[:-1]) is found.match(f"x{prefix}") is None


@pytest.mark.parametrize(
    ("pattern", "matched", "not_matched"),
    [
        ("/api/$", ["/api/", "/api/\n"], ["/api/x", "/api/$"]),
        (r"/api/\Z", ["/api/"], ["/api/\n", "/api/Z"]),
        ("/a.i/", ["/api/", "/a.i/"], ["/a\ni/"]),
        (r"/\d/", ["/1/"], ["/d/", r"/\d/"]),
        (r"/a\b", ["/a/", "/a"], ["/ab", "/a_"]),
        ("/(a)/", ["/a/"], ["/(a)/"]),
        (r"/(a)\1", ["/aa"], ["/a1"]),
        (r"/\101", ["/A"], ["/101"]),
        (r"/\0", ["/\0"], ["/0"]),
        (r"/\x41", ["/A"], ["/x41"]),
        (r"/\n", ["/\n"], ["/n"]),
        ("/a?", ["/", "/a"], ["a"]),
        ("/ab*", ["/a", "/ab"], ["/b"]),
        ("/ab+", ["/abb"], ["/a", "/a+"]),
        ("/a{2}", ["/aa"], ["/a{2}"]),
        ("/a|/b", ["/a", "/b"], ["/c"]),
        ("/[ab]/", ["/a/"], ["/[ab]/"]),
        ("(?i)/api/", ["/API/"], ["/x"]),
        ("/(?i:api)/", ["/API/"], ["/x"]),
        ("^^/api/", ["/api/"], ["^/api/"]),
        ("/api^", [], ["/api^", "/api"]),
        (r"/api\A", [], ["/apiA", "/api"]),
    ],
)
def test_a_pattern_that_says_more_than_a_prefix_is_tried(pattern, matched, not_matched):
    found = rules(pattern)
    assert [found.match(path) for path in matched] == [pattern] * len(matched)
    assert [found.match(path) for path in not_matched] == [None] * len(not_matched)


def test_flags_keep_their_meaning():
    assert UrlRules([re.compile("/api/", re.IGNORECASE)]).match("/API/")
    assert UrlRules([re.compile("/a b # c", re.VERBOSE)]).match("/ab")
    assert not UrlRules([re.compile("/a b # c", re.VERBOSE)]).match("/a b # c"[:3])
    assert not UrlRules([re.compile("^/api/", re.MULTILINE)]).match("x\n/api/")
    assert UrlRules([re.compile("/a.b", re.DOTALL)]).match("/a\nb")


class CountingPath(str):
    """A path that counts how often it is compared."""

    __slots__ = ("compared",)

    def __lt__(self, other):
        self.compared += 1
        return str.__lt__(self, other)


@pytest.mark.parametrize(("count", "most"), [(1, 1), (10, 4), (1000, 10)])
def test_a_path_is_compared_with_few_of_many_plain_patterns(count, most):
    found = rules(*(f"^/{number}/" for number in range(count)))
    for text in ("/0/", f"/{count - 1}/x", "/", "/x/", "", "~"):
        path = CountingPath(text)
        path.compared = 0
        found.match(path)
        assert 1 <= path.compared <= most


LETTERS = "/abA.\n"
PREFIXES = st.text(LETTERS, max_size=4)
PLAIN_PATTERNS = st.builds(
    lambda anchor, text: re.compile(anchor + re.escape(text)),
    st.sampled_from(["", "^", r"\A"]),
    PREFIXES,
)
PIECES = [*LETTERS, r"\.", r"\/", "\\\n", "$", "^", "*", "+", "?", "|", " ", "#", "{2}", "{", "}",
          "]", "[ab]", "(?:a)", "(?i:a)", r"\A", r"\Z", r"\b", r"\w", r"\n", r"\\"]  # fmt: skip
FLAGS = [0, 0, 0, re.IGNORECASE, re.MULTILINE, re.DOTALL, re.VERBOSE, re.ASCII]


@st.composite
def patterns(draw):
    text = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=5)))
    try:
        return re.compile(text, draw(st.sampled_from(FLAGS)))
    except re.error:
        return re.compile(re.escape(text))


@given(st.lists(PLAIN_PATTERNS | patterns(), max_size=8), st.data())
def test_the_rules_say_the_same_as_every_pattern_asked_in_turn(given_patterns, data):
    found = UrlRules(given_patterns)
    near = [st.just(re.sub(r"\\(?=\W)", "", pattern.pattern)) for pattern in given_patterns]
    paths = st.builds(str.__add__, st.one_of(PREFIXES, *near), PREFIXES)
    for path in data.draw(st.lists(paths, min_size=5, max_size=20)):
        matching = [pattern.pattern for pattern in given_patterns if pattern.match(path)]
        told = found.match(path)
        assert told in matching if matching else told is None
    assert bool(found) == bool(given_patterns)
