"""Who gets in while the site is in maintenance: one pure function."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from maintenance_core.networks import NetworkSet, parse_address
from maintenance_core.reader import View
from maintenance_core.url_rules import UrlRules
from maintenance_core.window import Window

__all__ = ["Decision", "Facts", "Policy", "Rule", "UserKind", "decide"]

_NO_URLS = UrlRules(())


class UserKind(StrEnum):
    """What a user can be; one user can be several of these."""

    ANONYMOUS = "anonymous"
    AUTHENTICATED = "authenticated"
    STAFF = "staff"
    SUPERUSER = "superuser"


class Rule(StrEnum):
    """The rule that decided, in the order in which they are tried."""

    VIEW = "the view's decorator"
    OFF = "maintenance is off"
    CONTROL_URL = "the switch itself"
    LIVENESS_URL = "liveness URL"
    EXEMPT_URL = "exempt URL"
    METHOD = "safe method"
    ADDRESS = "exempt address"
    BYPASS = "bypass link"
    ADMIN = "admin site"
    LOGIN = "login page"
    USER = "exempt user"
    TESTS = "running under tests"
    NONE = "no exemption"


@dataclass(frozen=True, slots=True)
class Policy:
    """The exemptions of a site."""

    liveness_urls: UrlRules = _NO_URLS
    """Asked by what restarts a process that does not answer; matched like ``urls``."""
    urls: UrlRules = _NO_URLS
    """Matched from the beginning of the path below the site's root."""
    networks: NetworkSet = field(default_factory=NetworkSet)
    address_patterns: tuple[re.Pattern[str], ...] = ()
    """Matched against the whole address as the server gave it."""
    admin: bool = False
    login: bool = False
    users: frozenset[UserKind] = frozenset()
    tests: bool = False
    """Is this a run of the project's tests, which are not to be interrupted?"""


class Facts(Protocol):
    """What the policy may ask about a request. Each is looked up when it is asked for."""

    @property
    def forced(self) -> bool | None:
        """What the view's decorator says: block, pass, or nothing."""

    @property
    def is_control_url(self) -> bool:
        """Is it the switch, which must always be within reach?"""

    @property
    def path(self) -> str:
        """The path below the site's root, decoded."""

    @property
    def is_redirect_target(self) -> bool:
        """Is it the page that blocked visitors are sent to?"""

    @property
    def is_safe(self) -> bool:
        """Is it a method that changes nothing: GET, HEAD, OPTIONS, TRACE (RFC 9110, 9.2.1)?"""

    @property
    def address(self) -> str | None:
        """The address of the client."""

    @property
    def has_pass(self) -> bool:
        """Does it carry a pass of the state's bypass that holds now?"""

    @property
    def is_admin_url(self) -> bool:
        """Is it in the admin site?"""

    @property
    def is_login_url(self) -> bool:
        """Is it the login page?"""

    @property
    def user(self) -> frozenset[UserKind] | None:
        """What the user is, or None as long as nobody has looked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Block or pass, the rule that decided, and the window it came from."""

    block: bool
    rule: Rule
    window: Window | None = None
    detail: str = ""
    """What the rule has found: the pattern, the address, the kind of user."""

    @property
    def sentence(self) -> str:
        """Why, for people: ``Blocked by window k3f9: no exemption applies.``"""
        done = "Blocked" if self.block else "Passes"
        if self.window is not None:
            done += f" {'by' if self.rule is Rule.NONE else 'in'} {_named(self.window)}"
        why = "no exemption applies" if self.rule is Rule.NONE else str(self.rule)
        if self.detail:
            why += f" ({self.detail})"
        return f"{done}: {why}."


def _named(window: Window) -> str:
    name = f"window {window.id}"
    if window.mode != "block":
        name += f" ({window.mode})"
    return name if window.is_whole_site else f"{name} for {', '.join(window.paths)}"


def decide(view: View, policy: Policy, facts: Facts) -> Decision | None:
    """Block the request or let it pass; the first rule that matches wins.

    None if that depends on the user and ``facts.user`` is None: look the user up, ask again.
    """
    forced = facts.forced
    window = None if view.is_open else view.window_at(facts.path)
    if forced is not None:
        return Decision(forced, Rule.VIEW, window)
    if window is None and not view.on:
        return Decision(False, Rule.OFF, detail="" if view.is_open else "for this path")
    found = _exemption_without_user(view, policy, facts, window)
    if found is None and policy.users:
        user = facts.user
        if user is None:
            return None
        if exempt := user & policy.users:
            found = (Rule.USER, min(exempt))
    if found is None and policy.tests:
        found = (Rule.TESTS, "")
    if found is None:
        return Decision(True, Rule.NONE, window)
    return Decision(False, found[0], window, found[1])


def _exemption_without_user(
    view: View, policy: Policy, facts: Facts, window: Window | None
) -> tuple[Rule, str] | None:
    """The rule that lets the request pass, and what it has found."""
    if facts.is_control_url:
        return Rule.CONTROL_URL, ""
    if (pattern := policy.liveness_urls.match(facts.path)) is not None:
        return Rule.LIVENESS_URL, pattern
    if facts.is_redirect_target:
        return Rule.EXEMPT_URL, "where visitors are sent"
    if (pattern := policy.urls.match(facts.path)) is not None:
        return Rule.EXEMPT_URL, pattern
    if window is not None and window.mode == "read-only" and facts.is_safe:
        return Rule.METHOD, ""
    if (policy.networks or policy.address_patterns) and _is_exempt(policy, facts.address):
        return Rule.ADDRESS, facts.address or ""
    if view.state.bypass is not None and facts.has_pass:
        return Rule.BYPASS, ""
    if policy.admin and facts.is_admin_url:
        return Rule.ADMIN, ""
    if policy.login and facts.is_login_url:
        return Rule.LOGIN, ""
    return None


def _is_exempt(policy: Policy, text: str | None) -> bool:
    if text is None:
        return False
    address = parse_address(text)
    if address is not None and address in policy.networks:
        return True
    return any(pattern.fullmatch(text) for pattern in policy.address_patterns)
