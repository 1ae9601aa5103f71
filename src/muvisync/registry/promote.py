"""From a decision to a version: a commit, a tag for the version, one for the champion; safe to repeat at any point."""

from __future__ import annotations

from pathlib import Path

from muvisync.decision import REGISTRY, Decision
from muvisync.errors import UserError
from muvisync.files import atomic_write_text
from muvisync.registry.card import version_card
from muvisync.registry.champion import checkout_champion
from muvisync.registry.git import commit_paths, last_commit
from muvisync.registry.versions import (
    Version,
    champions,
    find_version,
    next_name,
    tag_champion,
    tag_version,
    versions,
)

_KEPT = (Path("dvc.lock"), Path("params.yaml"), Path("data/catalog.csv"), REGISTRY)
"""What a decision's commit holds: with the code, all that leads to the models again."""


def register(decision: Decision) -> Version:
    """Make the candidate of a decision a version and the champion, once: after a rollback it stays rolled back.

    Raises:
        UserError: the decision was another one, or this is no Git repository.
    """
    if decision.verdict != "promote":
        raise UserError(f"{decision.id} was not promoted: {'; '.join(decision.reasons)}")
    known = next((version for version in versions() if version.decision == decision.id), None)
    name = known.name if known else next_name(decision.breaking)
    if known is None:
        if not last_commit(decision.path):  # else it was killed between commit and tag
            atomic_write_text(REGISTRY / f"amt-{name}.md", version_card(name, decision))
            commit_paths(_KEPT, f"Promote amt {name}\n\n{decision.sentence}")
        tag_version(name, last_commit(decision.path), decision.id)
    if name not in champions():
        tag_champion(name)
    return find_version(name)


def record(decision: Decision) -> None:
    """Commit a decision that made no version."""
    title = "Reject a candidate" if decision.verdict == "reject" else "Leave the champion as it is"
    commit_paths(_KEPT, f"{title}\n\n{decision.sentence}")


def rollback(name: str | None = None) -> Version:
    """Make an earlier version the champion again.

    Args:
        name: of the version; None: the one that was the champion before this one.

    Raises:
        UserError: there is no such version, or its files can't be had.
    """
    order = champions()
    if name is None:
        earlier = [each for each in order if each != order[-1]]
        if not earlier:
            raise UserError("there is no earlier champion to go back to; `muvisync models` lists the versions")
        name = earlier[-1]
    version = find_version(name)
    if not version.champion:
        tag_champion(version.name)
    checkout_champion()
    return find_version(version.name)
