"""The versions of the artifact `amt` (both models together) as GTO's tags tell of them.

`amt@v1.2.0` registers a version, `amt#champion#7` makes one the champion: https://dvc.org/doc/gto.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from muvisync.decision import DECISIONS, Decision, read_decision
from muvisync.errors import UserError
from muvisync.registry.git import author, git

NAME, STAGE = "amt", "champion"
_REGISTERED = re.compile(rf"{NAME}@v(\d+)\.(\d+)\.(\d+)")
_ASSIGNED = re.compile(rf"{NAME}#{STAGE}#(\d+)")


@dataclass(frozen=True)
class Version:
    """A registered pair of models.

    Attributes:
        name: such as v1.2.0.
        commit: that its data, parameters and models belong to.
        time: when it was registered, ISO 8601.
        decision: the id of the gate's decision that made it.
        champion: whether it is the champion now.
    """

    name: str
    commit: str
    time: str
    decision: str
    champion: bool

    @property
    def tag(self) -> str:
        """Its Git tag."""
        return f"{NAME}@{self.name}"

    def read(self) -> Decision:
        """The decision that made it. Raises UserError where its file is gone."""
        return read_decision(DECISIONS / f"{self.decision}.json")


@dataclass(frozen=True)
class _Tag:
    name: str
    commit: str
    time: str
    message: str


def versions() -> list[Version]:
    """All versions, the oldest first. Raises UserError outside a Git repository."""
    tags = _tags()
    assigned = [(int(match[1]), tag) for tag in tags if (match := _ASSIGNED.fullmatch(tag.name))]
    # GTO names the version in the assignment's message; two versions may share a commit
    now = max(assigned, default=(0, None), key=lambda each: each[0])[1]
    found = [(_numbers(tag.name), tag) for tag in tags if _REGISTERED.fullmatch(tag.name)]
    return [
        Version(name := tag.name.partition("@")[2], tag.commit, tag.time, tag.message, _names(now, name))
        for _, tag in sorted(found, key=lambda each: each[0])
    ]


def champion() -> Version | None:
    """The version that makes music now; None before the first promotion."""
    return next((version for version in versions() if version.champion), None)


def find_version(name: str) -> Version:
    """A version by its name, with or without the v. Raises UserError for one that is not registered."""
    known = {version.name: version for version in versions()}
    wanted = name if name.startswith("v") else f"v{name}"
    if wanted not in known:
        raise UserError(f"there is no version {name}; there are {', '.join(known) or 'none yet'} (`muvisync models`)")
    return known[wanted]


def champions() -> list[str]:
    """Names of the versions in the order in which they became the champion; one may come twice."""
    found = [(int(match[1]), tag) for tag in _tags() if (match := _ASSIGNED.fullmatch(tag.name))]
    return [_assigned_name(tag) for _, tag in sorted(found, key=lambda each: each[0])]


def next_name(breaking: bool) -> str:
    """The name of the next version: a major one when models of the last can't read what it reads."""
    last = max((_numbers(version.tag) for version in versions()), default=None)
    if last is None:
        return "v1.0.0"
    return f"v{last[0] + 1}.0.0" if breaking else f"v{last[0]}.{last[1] + 1}.0"


def tag_version(name: str, commit: str, decision: str) -> None:
    """Register a version."""
    import gto.api  # imported late: it takes a second

    who, address = author()
    gto.api.register(".", NAME, commit, version=name, message=decision, author=who, author_email=address)


def tag_champion(name: str) -> None:
    """Make a registered version the champion."""
    import gto.api

    who, address = author()
    message = f"champion {name}"
    gto.api.assign(".", NAME, STAGE, version=name, message=message, author=who, author_email=address, force=True)


def _tags() -> list[_Tag]:
    form = "%(refname:short)%09%(*objectname)%09%(taggerdate:iso-strict)%09%(contents:subject)"
    lines = git("for-each-ref", f"refs/tags/{NAME}@*", f"refs/tags/{NAME}#*", f"--format={form}").splitlines()
    return [_Tag(*line.split("\t")) for line in lines if line.count("\t") == 3 and line.split("\t")[1]]


def _numbers(tag: str) -> tuple[int, ...]:
    return tuple(map(int, _REGISTERED.fullmatch(tag).groups()))


def _assigned_name(tag: _Tag) -> str:
    return tag.message.rpartition(" ")[2]


def _names(tag: _Tag | None, name: str) -> bool:
    return tag is not None and _assigned_name(tag) == name
