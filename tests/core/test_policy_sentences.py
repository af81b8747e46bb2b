"""A decision explains itself in one sentence."""

import pytest

from maintenance_core import Bypass, Decision, Rule, State, View, decide
from tests.core.helpers import NOW, window
from tests.core.test_policy import EXEMPT, GENEROUS, OFF, STRICT, Facts

BYPASS = Bypass(digest="0" * 64)
ON = View.of_state(State(windows=(window(),), bypass=BYPASS), NOW.timestamp())
READ = View.of_state(State(windows=(window(mode="read-only"),)), NOW.timestamp())
PART = window(mode="read-only", paths=("/shop", "/cart"))
SHOP = View.of_state(State(windows=(PART,)), NOW.timestamp())


def sentence(view, policy=GENEROUS, **facts):
    return decide(view, policy, Facts(**facts)).sentence


SENTENCES = {
    Rule.CONTROL_URL: "Passes in window abcd: the switch itself.",
    Rule.LIVENESS_URL: "Passes in window abcd: liveness URL (/alive/).",
    Rule.EXEMPT_URL: "Passes in window abcd: exempt URL (/api/).",
    Rule.ADDRESS: "Passes in window abcd: exempt address (10.2.3.4).",
    Rule.BYPASS: "Passes in window abcd: bypass link.",
    Rule.ADMIN: "Passes in window abcd: admin site.",
    Rule.LOGIN: "Passes in window abcd: login page.",
    Rule.USER: "Passes in window abcd: exempt user (staff).",
}


@pytest.mark.parametrize("rule", SENTENCES)
def test_every_exemption_says_which_one_it_is_and_what_it_has_found(rule):
    assert sentence(ON, **EXEMPT[rule]) == SENTENCES[rule]


def test_every_rule_has_a_sentence_of_its_own():
    told = {Decision(False, rule).sentence for rule in Rule}
    assert len(told) == len(Rule)
    assert all(line.startswith("Passes: ") and line.endswith(".") for line in told)


def test_a_visitor_is_blocked_by_a_window():
    assert sentence(ON, STRICT) == "Blocked by window abcd: no exemption applies."
    assert sentence(READ) == "Blocked by window abcd (read-only): no exemption applies."
    assert sentence(SHOP, path="/shop/1") == (
        "Blocked by window abcd (read-only) for /shop, /cart: no exemption applies."
    )


def test_a_reader_passes_in_a_read_only_window():
    assert sentence(READ, is_safe=True) == "Passes in window abcd (read-only): safe method."


def test_it_is_off_for_all_or_for_a_path():
    assert sentence(OFF) == "Passes: maintenance is off."
    assert sentence(SHOP, path="/about") == "Passes: maintenance is off (for this path)."


def test_the_decorator_of_a_view_decides_with_a_window_and_without():
    assert sentence(ON, forced=False) == "Passes in window abcd: the view's decorator."
    assert sentence(ON, forced=True) == "Blocked in window abcd: the view's decorator."
    assert sentence(OFF, forced=True) == "Blocked: the view's decorator."


def test_without_a_state_there_is_no_window_to_name():
    assert sentence(View.without_state(True)) == "Blocked: no exemption applies."


def test_the_page_that_visitors_are_sent_to_says_so():
    assert sentence(ON, is_redirect_target=True) == (
        "Passes in window abcd: exempt URL (where visitors are sent)."
    )


def test_the_tests_of_a_project_are_told_as_such():
    assert Decision(False, Rule.TESTS, window()).sentence == (
        "Passes in window abcd: running under tests."
    )
