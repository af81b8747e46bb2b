"""Who gets in where only a part of the site is interrupted, or may still be read."""

from dataclasses import FrozenInstanceError

import pytest

from maintenance_core import Bypass, Decision, Policy, Problem, Rule, State, UserKind, View, decide
from tests.core.helpers import HOUR, NOW, planned, recurring, window
from tests.core.test_policy import GENEROUS, OFF, STRICT, Facts

SHOP = window(id="shop", paths=("/shop", "/cart"))
READ = window(id="read", mode="read-only")
BYPASS = Bypass(digest="0" * 64)


def view(*windows, bypass=None, now=NOW):
    return View.of_state(State(windows=windows, bypass=bypass), now.timestamp())


@pytest.mark.parametrize("path", ["/shop", "/shop/", "/shop/a", "/cart", "//shop"])
def test_what_is_interrupted_is_blocked(path):
    assert decide(view(SHOP), STRICT, Facts(path=path)) == Decision(True, Rule.NONE, SHOP)


@pytest.mark.parametrize("path", ["/", "", "/shopping", "/Shop", "/a/shop"])
def test_elsewhere_it_is_off_and_nothing_else_is_looked_up(path):
    facts = Facts(path=path)
    assert decide(view(SHOP, bypass=BYPASS), GENEROUS, facts) == Decision(
        False, Rule.OFF, detail="for this path"
    )
    assert set(facts.asked) == {"forced", "path"}


def test_the_strictest_window_of_a_path_decides():
    both = view(SHOP, READ)
    assert decide(both, STRICT, Facts(path="/shop", is_safe=True)).window == SHOP
    assert decide(both, STRICT, Facts(path="/shop", is_safe=True)).block
    assert decide(both, STRICT, Facts(path="/about", is_safe=True)) == Decision(
        False, Rule.METHOD, READ
    )
    assert decide(both, STRICT, Facts(path="/about")) == Decision(True, Rule.NONE, READ)


def test_a_safe_method_passes_in_read_only_windows_and_in_no_other():
    assert not decide(view(READ), STRICT, Facts(is_safe=True)).block
    assert decide(view(READ), STRICT, Facts(is_safe=False)).block
    assert decide(view(window()), STRICT, Facts(is_safe=True)).block
    unsafe = Facts(is_safe=True)
    decide(view(window()), STRICT, unsafe)
    assert "is_safe" not in unsafe.asked


def test_a_safe_method_does_not_help_where_no_state_could_be_read():
    assert decide(View.without_state(True), STRICT, Facts(is_safe=True)).block


def test_in_read_only_windows_exemptions_count_for_the_rest_of_the_methods():
    assert decide(view(READ), GENEROUS, Facts(path="/api/")).rule is Rule.EXEMPT_URL
    assert decide(view(READ), GENEROUS, Facts(address="10.0.0.1")).rule is Rule.ADDRESS


@pytest.mark.parametrize("forced", [True, False])
@pytest.mark.parametrize(
    ("state", "path", "expected"),
    [
        (OFF, "/shop", None),
        (view(SHOP), "/shop", SHOP),
        (view(SHOP), "/about", None),
        (view(READ), "/about", READ),
        (View.without_state(True), "/", None),
    ],
    ids=["off", "inside", "elsewhere", "read-only", "fallback"],
)
def test_the_decorator_of_a_view_decides_with_the_window_of_its_path(
    forced, state, path, expected
):
    facts = Facts(forced=forced, path=path, is_safe=True, is_control_url=True)
    assert decide(state, GENEROUS, facts) == Decision(forced, Rule.VIEW, expected)
    assert set(facts.asked) <= {"forced", "path"}


def test_what_is_planned_or_announced_blocks_nobody():
    coming = view(planned(announce=7200), recurring(cron="0 13 * * *"))
    assert coming.phase == "announced"
    assert decide(coming, STRICT, Facts()) == Decision(False, Rule.OFF)


def test_a_view_is_open_unless_something_is_interrupted():
    assert OFF.is_open
    assert view(planned()).is_open
    assert not view(SHOP).is_open
    assert not view(READ).is_open
    assert not view(window()).is_open
    assert not View.without_state(True).is_open
    assert View.without_state(False).is_open


def test_a_view_tells_what_is_on_for_the_whole_site_and_what_for_a_path():
    both = view(SHOP, READ, planned())
    assert (both.on, both.window, both.phase) == (False, READ, "on")
    assert both.active == (SHOP, READ)
    assert both.window_at("/shop/1") == SHOP
    assert both.window_at("/about") == READ
    part = view(SHOP)
    assert (part.on, part.window, part.phase) == (False, None, "on")
    assert part.window_at("/about") is None
    whole = view(window(), SHOP, READ)
    assert (whole.on, whole.window.id) == (True, "abcd")
    (run,) = view(recurring()).active
    assert (run.start, run.end) == (NOW, NOW + HOUR)
    with pytest.raises(FrozenInstanceError):
        part.on = True


def test_a_view_without_a_state_has_no_window_and_says_why():
    problem = Problem("it is empty", of_content=True)
    fallback = View.without_state(True, problem, "sign")
    assert (fallback.on, fallback.window, fallback.active) == (True, None, ())
    assert (fallback.state, fallback.phase) == (State(), "on")
    assert (fallback.problem, fallback.fingerprint) == (problem, "sign")
    assert fallback.window_at("/") is None
    assert View.without_state(False).phase == "off"


ORDER = [
    "forced", "path", "is_control_url", "path", "is_redirect_target", "path", "is_safe",
    "address", "has_pass", "is_admin_url", "is_login_url", "user",
]  # fmt: skip


def test_facts_are_asked_for_in_the_order_of_the_rules_and_the_user_last():
    facts = Facts()
    assert decide(view(READ, bypass=BYPASS), GENEROUS, facts).block
    assert facts.asked == ORDER


def test_what_no_rule_needs_is_not_asked_for():
    facts = Facts()
    assert decide(view(window()), STRICT, facts).block
    assert set(facts.asked) == {"forced", "path", "is_control_url", "is_redirect_target"}


def test_a_pass_is_looked_at_only_if_the_state_has_a_bypass():
    without, with_one = Facts(has_pass=True), Facts(has_pass=True)
    assert decide(view(window()), STRICT, without).block
    assert "has_pass" not in without.asked
    assert decide(view(window(), bypass=BYPASS), STRICT, with_one).rule is Rule.BYPASS


def test_a_user_who_is_several_things_is_let_in_by_one_of_them():
    kinds = frozenset(UserKind)
    policy = Policy(users=frozenset({UserKind.SUPERUSER, UserKind.STAFF}))
    assert decide(view(window()), policy, Facts(user=kinds)).detail == "staff"
    nobody = Facts(user=frozenset())
    assert decide(view(window()), policy, nobody) == Decision(True, Rule.NONE, window())
