"""Who gets in while the site is in maintenance: one pure function."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from maintenance_core.networks import NetworkSet, parse_address
from maintenance_core.reader import View
from maintenance_core.state import Window

__all__ = ["Decision", "Facts", "Policy", "Rule", "UserKind", "decide"]


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
    EXEMPT_URL = "exempt URL"
    ADDRESS = "exempt address"
    ADMIN = "admin site"
    LOGIN = "login page"
    USER = "exempt user"
    NONE = "no exemption"


@dataclass(frozen=True, slots=True)
class Policy:
    """The exemptions of a site."""

    urls: tuple[re.Pattern[str], ...] = ()
    """Matched from the beginning of the path below the site's root."""
    networks: NetworkSet = field(default_factory=NetworkSet)
    address_patterns: tuple[re.Pattern[str], ...] = ()
    """Matched against the whole address as the server gave it."""
    admin: bool = False
    login: bool = False
    users: frozenset[UserKind] = frozenset()


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
    def address(self) -> str | None:
        """The address of the client."""

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


def decide(view: View, policy: Policy, facts: Facts) -> Decision | None:
    """Block the request or let it pass; the first rule that matches wins.

    None if that depends on the user and ``facts.user`` is None: look the user up, ask again.
    """
    forced = facts.forced
    if forced is not None:
        return Decision(forced, Rule.VIEW, view.window)
    if not view.on:
        return Decision(False, Rule.OFF)
    rule = _exemption_without_user(policy, facts)
    if rule is None and policy.users:
        user = facts.user
        if user is None:
            return None
        rule = Rule.USER if user & policy.users else None
    return Decision(rule is None, rule or Rule.NONE, view.window)


def _exemption_without_user(policy: Policy, facts: Facts) -> Rule | None:
    if facts.is_control_url:
        return Rule.CONTROL_URL
    if facts.is_redirect_target or any(url.match(facts.path) for url in policy.urls):
        return Rule.EXEMPT_URL
    if (policy.networks or policy.address_patterns) and _is_exempt(policy, facts.address):
        return Rule.ADDRESS
    if policy.admin and facts.is_admin_url:
        return Rule.ADMIN
    if policy.login and facts.is_login_url:
        return Rule.LOGIN
    return None


def _is_exempt(policy: Policy, text: str | None) -> bool:
    if text is None:
        return False
    address = parse_address(text)
    if address is not None and address in policy.networks:
        return True
    return any(pattern.fullmatch(text) for pattern in policy.address_patterns)
