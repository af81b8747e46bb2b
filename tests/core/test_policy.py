"""Who gets in: the first rule that matches, in the order of the design."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from maintenance_core import Bypass, Decision, Policy, Rule, State, UserKind, View, decide
from maintenance_core.networks import NetworkSet, parse_network
from maintenance_core.url_rules import UrlRules
from tests.core.helpers import NOW, window

WINDOW = window()
READ_ONLY = window(mode="read-only")
BYPASS = Bypass(digest="0" * 64)
SAFE = View.of_state(State(windows=(READ_ONLY,), bypass=BYPASS), NOW.timestamp())
"""Every rule can decide."""
ALWAYS = {Rule.CONTROL_URL, Rule.METHOD, Rule.BYPASS}
"""These need no policy."""
ON = View.of_state(State(windows=(WINDOW,)), NOW.timestamp())
OFF = View.of_state(State(), NOW.timestamp())

STRICT = Policy()
GENEROUS = Policy(
    liveness_urls=UrlRules([re.compile("/alive/")]),
    urls=UrlRules([re.compile("/health/$"), re.compile("/api/"), re.compile("/alive/")]),
    networks=NetworkSet([parse_network("10.0.0.0/8")]),
    address_patterns=(re.compile(r"192\.168\.0\.\d"),),
    admin=True,
    login=True,
    users=frozenset({UserKind.STAFF}),
)


class Facts:
    """A visitor like any other, but for what a test says; it keeps what it was asked."""

    def __init__(self, **facts):
        plain = {
            "forced": None,
            "is_control_url": False,
            "path": "/shop/",
            "is_redirect_target": False,
            "is_safe": False,
            "has_pass": False,
            "address": "203.0.113.7",
            "is_admin_url": False,
            "is_login_url": False,
            "user": frozenset({UserKind.ANONYMOUS}),
        }
        self.facts = plain | facts
        self.asked = []

    def __getattr__(self, name):
        self.asked.append(name)
        return self.facts[name]


def test_when_it_is_off_everybody_passes_and_nothing_is_looked_up():
    facts = Facts()
    assert decide(OFF, GENEROUS, facts) == Decision(False, Rule.OFF)
    assert facts.asked == ["forced"]


def test_when_it_is_on_visitors_are_blocked_and_told_the_window():
    assert decide(ON, STRICT, Facts()) == Decision(True, Rule.NONE, WINDOW)
    assert decide(ON, GENEROUS, Facts()) == Decision(True, Rule.NONE, WINDOW)


@pytest.mark.parametrize("view", [ON, OFF])
@pytest.mark.parametrize("forced", [True, False])
def test_the_decorator_of_a_view_decides_first(view, forced):
    facts = Facts(forced=forced, is_control_url=True)
    assert decide(view, GENEROUS, facts) == Decision(forced, Rule.VIEW, view.window)


EXEMPT = {
    Rule.CONTROL_URL: {"is_control_url": True},
    Rule.LIVENESS_URL: {"path": "/alive/"},
    Rule.EXEMPT_URL: {"path": "/api/v1/"},
    Rule.METHOD: {"is_safe": True},
    Rule.ADDRESS: {"address": "10.2.3.4"},
    Rule.BYPASS: {"has_pass": True},
    Rule.ADMIN: {"is_admin_url": True},
    Rule.LOGIN: {"is_login_url": True},
    Rule.USER: {"user": frozenset({UserKind.AUTHENTICATED, UserKind.STAFF})},
}
DETAILS = {
    Rule.LIVENESS_URL: "/alive/",
    Rule.EXEMPT_URL: "/api/",
    Rule.ADDRESS: "10.2.3.4",
    Rule.USER: "staff",
}


@pytest.mark.parametrize(("rule", "facts"), [*EXEMPT.items()])
def test_every_exemption_lets_in_and_names_itself(rule, facts):
    detail = DETAILS.get(rule, "")
    assert decide(SAFE, GENEROUS, Facts(**facts)) == Decision(False, rule, READ_ONLY, detail)
    assert decide(SAFE, STRICT, Facts(**facts)).block is (rule not in ALWAYS)


@pytest.mark.parametrize(("first", "second"), [*pairwise(EXEMPT)])
def test_of_two_exemptions_the_earlier_one_decides(first, second):
    both = Facts(**(EXEMPT[second] | EXEMPT[first]))
    assert decide(SAFE, GENEROUS, both).rule is first


@pytest.mark.parametrize("rule", [*EXEMPT][1:])
def test_a_strict_policy_exempts_nobody(rule):
    assert decide(ON, STRICT, Facts(**EXEMPT[rule])).block


def test_the_switch_is_within_reach_under_every_policy():
    assert decide(ON, STRICT, Facts(is_control_url=True)).rule is Rule.CONTROL_URL


def test_the_page_that_visitors_are_sent_to_is_exempt():
    assert decide(ON, STRICT, Facts(is_redirect_target=True)).rule is Rule.EXEMPT_URL


def test_the_tests_of_a_project_are_not_interrupted_if_nothing_else_lets_them_in():
    tests = replace(GENEROUS, tests=True)
    assert decide(SAFE, tests, Facts()) == Decision(False, Rule.TESTS, READ_ONLY)
    assert decide(ON, Policy(tests=True), Facts(user=None)) == Decision(False, Rule.TESTS, WINDOW)
    for rule, facts in EXEMPT.items():
        assert decide(SAFE, tests, Facts(**facts)).rule is rule
    assert decide(ON, tests, Facts(user=None)) is None
    assert decide(OFF, tests, Facts()).rule is Rule.OFF
    assert decide(ON, tests, Facts(forced=True)).block


@pytest.mark.parametrize("path", ["/health/", "/api/", "/api/a/b"])
def test_an_exempt_url_matches_from_the_beginning(path):
    assert not decide(ON, GENEROUS, Facts(path=path)).block


@pytest.mark.parametrize("path", ["/health/more", "/x/health/", "//api/", "/API/", ""])
def test_a_url_that_only_resembles_an_exempt_one_is_blocked(path):
    assert decide(ON, GENEROUS, Facts(path=path)).block


@pytest.mark.parametrize("address", ["192.168.0.5", "::ffff:10.0.0.1"])
def test_an_address_is_exempt_by_network_or_pattern(address):
    assert decide(ON, GENEROUS, Facts(address=address)).rule is Rule.ADDRESS


@pytest.mark.parametrize("address", [None, "", "192.168.0.50", "x192.168.0.5", "11.0.0.1", "junk"])
def test_an_address_that_only_resembles_an_exempt_one_is_blocked(address):
    assert decide(ON, GENEROUS, Facts(address=address)).block


def test_patterns_alone_and_networks_alone_are_enough():
    only_pattern = Policy(address_patterns=GENEROUS.address_patterns)
    only_network = Policy(networks=GENEROUS.networks)
    assert not decide(ON, only_pattern, Facts(address="192.168.0.5")).block
    assert not decide(ON, only_network, Facts(address="10.0.0.1")).block
    assert decide(ON, only_network, Facts(address="192.168.0.5")).block


def test_the_user_is_asked_for_last_and_only_if_it_matters():
    facts = Facts(user=None)
    assert decide(ON, GENEROUS, facts) is None
    assert facts.asked[-1] == "user"
    nobody = Facts(user=None)
    assert decide(ON, STRICT, nobody).block
    assert "user" not in nobody.asked
    early = Facts(user=None, is_login_url=True)
    assert decide(ON, GENEROUS, early).rule is Rule.LOGIN
    assert "user" not in early.asked


def test_on_without_a_state_blocks_as_well():
    view = View.without_state(True)
    assert decide(view, STRICT, Facts()) == Decision(True, Rule.NONE, None)
