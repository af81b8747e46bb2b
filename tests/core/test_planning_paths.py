"""The paths of a new window: as people read them, each written in one way."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_core import InvalidInput
from maintenance_core.coverage import Coverage
from maintenance_core.planning import new_window
from tests.core.helpers import NOW


def paths(*given):
    return new_window(now=NOW, paths=given).paths


def refused(given):
    """The reason with which ``given`` is refused."""
    with pytest.raises(InvalidInput) as refusal:
        new_window(now=NOW, paths=given)
    assert refusal.value.field == "paths"
    assert len(str(refusal.value)) < 250
    return refusal.value.reason


@pytest.mark.parametrize(
    "written", ["/shop", "/shop/", "//shop", "/shop//", " /shop ", "/shop\n", "/shop\r\n"]
)
def test_a_path_is_kept_in_one_way_however_it_is_written(written):
    assert paths(written) == ("/shop",)


def test_what_is_inside_a_path_stays_as_it_is():
    assert paths("/Shop//über uns/a.b") == ("/Shop/über uns/a.b",)


def test_a_path_that_is_given_twice_counts_once_and_the_order_stays():
    assert paths("/shop", "/blog", "/shop/", "//blog") == ("/shop", "/blog")


@pytest.mark.parametrize("root", ["/", "//", " / "])
def test_the_whole_site_needs_no_other_path(root):
    assert paths("/shop", root, "/blog") == ("/",)


def test_any_collection_of_texts_will_do():
    for given_paths in (["/a"], ("/a",), {"/a"}, iter(["/a"])):
        assert new_window(now=NOW, paths=given_paths).paths == ("/a",)


@pytest.mark.parametrize("nothing", [[], (), iter(())], ids=["list", "tuple", "iterator"])
def test_no_path_at_all_is_refused(nothing):
    assert refused(nothing) == "there is none; give '/' for the whole site."


@pytest.mark.parametrize("text", ["/", "/shop", "", "x" * 100_000])
def test_one_text_is_not_taken_for_a_list_of_letters(text):
    assert refused(text).startswith("it is one text; give a list: ['")


def test_a_path_without_a_slash_is_refused_with_what_to_write():
    assert refused(["shop"]) == "'shop' does not begin with '/'; write '/shop'."
    assert refused(["/blog", "shop"]) == "'shop' does not begin with '/'; write '/shop'."
    assert refused([""]) == "'' does not begin with '/'; write '/'."
    assert refused(["https://example.com/shop"]).startswith("'https://example.com/shop' does not")


@pytest.mark.parametrize("path", ["/shop?page=2", "/shop#top", "/?", "/#"])
def test_a_path_with_a_query_or_a_fragment_is_refused(path):
    assert refused([path]) == f"{path!r} has more than a path; leave out '?', '#' and the rest."


@pytest.mark.parametrize("path", ["/caf%C3%A9", "/a%20b", "/%2f", "/%2F"])
def test_a_path_that_is_encoded_is_refused(path):
    assert refused([path]) == f"{path!r} is encoded; write it as people read it."


@pytest.mark.parametrize("path", ["/shop/*", "/*", "/a*b"])
def test_a_pattern_is_refused(path):
    assert refused([path]) == f"{path!r} is a pattern; write where it begins."


@pytest.mark.parametrize("path", ["/.", "/..", "/shop/../blog", "/shop/./cart", "/shop/.."])
def test_a_path_with_dots_as_a_segment_is_refused(path):
    assert refused([path]) == f"{path!r} has dots as a segment; write the whole path."


@pytest.mark.parametrize("path", ["/.well-known", "/a..b", "/...", "/a."])
def test_dots_within_a_segment_are_letters_like_others(path):
    assert paths(path) == (path,)


@pytest.mark.parametrize("path", ["/100%", "/%", "/5%off", "/%zz"])
def test_a_percent_sign_alone_is_a_letter_like_others(path):
    assert paths(path) == (path,)


@pytest.mark.parametrize("letter", ["\0", "\a", "\t", "\n", "\r", "\x1b", "\x7f", "\x85"])
def test_a_control_character_within_a_path_is_refused(letter):
    assert refused([f"/a{letter}b"]) == "it holds a control character; leave that out."


@pytest.mark.parametrize("path", ["/\ud800", "/" + os.fsdecode(b"caf\xe9")], ids=ascii)
def test_a_path_that_is_not_utf_8_is_refused(path):
    assert refused([path]) == "it is not UTF-8; write it in that encoding."


@pytest.mark.parametrize("path", ["/" + "x" * 1000, "x" * 2_000_000, "/" * 1001], ids=len)
def test_a_path_that_is_too_long_is_refused(path):
    assert refused([path]) == "one is longer than 1000 characters; give its beginning."


@pytest.mark.parametrize("path", ["x" * 900, "/?" + "x" * 900, "/%20" + "x" * 900])
def test_a_long_path_is_not_said_in_full(path):
    assert "…" in refused([path])


def test_the_longest_path_and_the_most_of_them_are_kept():
    assert paths("/" + "x" * 999) == ("/" + "x" * 999,)
    most = [f"/{number}" for number in range(100)]
    assert paths(*most, *most) == tuple(most)
    assert refused([*most, "/more"]) == "there are more than 100; give fewer."


@given(st.lists(st.text("/ab", max_size=6).map("/".__add__), min_size=1, max_size=3))
def test_the_path_that_is_kept_covers_what_was_written(written):
    kept = new_window(now=NOW, paths=written)
    coverage = Coverage([kept])
    assert all(coverage.at(path) == kept for path in written)
    assert new_window(now=NOW, paths=kept.paths).paths == kept.paths
