"""Which window decides for which path."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from maintenance_core.coverage import Coverage, deciding
from tests.core.helpers import HOUR, NOW, window

SECOND = timedelta(seconds=1)


def covers(path, request):
    """Is ``request`` the path of a window, or below it? Segment by segment, the slow way."""
    one = [segment for segment in path.split("/") if segment]
    other = [segment for segment in request.split("/") if segment]
    return other[: len(one)] == one


@pytest.mark.parametrize(
    ("path", "inside", "outside"),
    [
        (
            "/shop",
            ["/shop", "/shop/", "/shop/cart", "//shop//cart"],
            ["/shopping", "/", "/a/shop"],
        ),
        ("/shop/", ["/shop", "/shop/cart"], ["/shopping", "/Shop"]),
        ("/a/b", ["/a/b", "/a/b/c"], ["/a", "/a/bc", "/b"]),
        ("/", ["/", "", "/anything"], []),
    ],
)
def test_a_path_covers_itself_and_what_is_below_it(path, inside, outside):
    coverage = Coverage([window(paths=(path,))])
    assert all(coverage.at(request) is not None for request in inside)
    assert not any(coverage.at(request) for request in outside)


def test_nothing_decides_where_there_is_no_window():
    assert Coverage().at("/") is None
    assert deciding([]) is None


def test_the_strictest_window_decides_wherever_it_comes_from():
    reading = window(id="read", mode="read-only", paths=("/shop/cart",), end=None)
    blocking = window(id="shut", paths=("/shop",), end=NOW + HOUR)
    coverage = Coverage([reading, blocking])
    assert coverage.at("/shop/cart").id == "shut"
    everywhere = window(id="all", mode="read-only")
    coverage = Coverage([everywhere, blocking])
    assert coverage.at("/shop/cart").id == "shut"
    assert coverage.at("/about").id == "all"


def test_of_windows_that_are_alike_the_one_that_lasts_longest_decides():
    short = window(id="shrt", paths=("/shop",), end=NOW + HOUR)
    longer = window(id="long", end=NOW + 2 * HOUR)
    assert Coverage([short, longer]).at("/shop").id == "long"
    assert Coverage([short, longer]).at("/").id == "long"


def test_the_message_comes_from_another_window_of_its_mode_only():
    silent = window(id="shut", paths=("/shop",))
    telling = window(id="said", paths=("/shop",), message="Back soon", end=NOW + HOUR)
    reading = window(
        id="read", mode="read-only", message="Read on", created_at=NOW + SECOND, end=NOW + HOUR
    )
    assert Coverage([silent, telling, reading]).at("/shop").message == "Back soon"
    assert Coverage([silent, reading]).at("/shop").message == ""


segments = st.sampled_from(["a", "b", "ab"])
paths = st.lists(segments, max_size=3).map(lambda parts: "/" + "/".join(parts))
some_windows = st.lists(
    st.builds(
        window,
        mode=st.sampled_from(["block", "read-only"]),
        paths=st.lists(paths, min_size=1, max_size=2).map(tuple),
        message=st.sampled_from(["", "one", "two"]),
        end=st.sampled_from([None, NOW + HOUR, NOW + 2 * HOUR]),
    ),
    max_size=6,
)


def opened_one_after_the_other(windows):
    return [replace(each, created_at=NOW + at * SECOND) for at, each in enumerate(windows)]


@given(
    windows=some_windows.map(opened_one_after_the_other).flatmap(st.permutations), request=paths
)
def test_it_decides_as_a_look_at_every_window_would(windows, request):
    matching = [each for each in windows if any(covers(path, request) for path in each.paths)]
    assert Coverage(windows).at(request) == deciding(matching)
