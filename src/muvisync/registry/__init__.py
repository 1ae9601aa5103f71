"""Versions of the models without a service: Git tags that GTO writes, files that DVC keeps, decisions of the gate."""

from muvisync.decision import Check, Decision, decisions, read_decision
from muvisync.registry.champion import checkout_champion, lay_out
from muvisync.registry.promote import record, register, rollback
from muvisync.registry.versions import Version, champion, find_version, versions

__all__ = [
    "Check",
    "Decision",
    "Version",
    "champion",
    "checkout_champion",
    "decisions",
    "find_version",
    "lay_out",
    "read_decision",
    "record",
    "register",
    "rollback",
    "versions",
]
