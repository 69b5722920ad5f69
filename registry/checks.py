"""Named rules a plan should satisfy -> findings."""

from __future__ import annotations

from collections.abc import Sequence

from registry.findings import Finding
from registry.plan import Plan


def check_plan(plan: Plan) -> tuple[Finding, ...]:
    """What one plan breaks of the rules."""
    return ()


def check_plans(plans: Sequence[Plan]) -> tuple[Finding, ...]:
    """What the plans of one file break together."""
    return ()
