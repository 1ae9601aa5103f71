"""Fixtures for every test: real media and real published songs, where they lie beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1].parent / "shared"


def _or_skip(path: Path) -> Path:
    if not path.is_dir():
        pytest.skip(f"{path.name} does not lie beside the project")
    return path


@pytest.fixture
def shared_media() -> Path:
    """Folder with good/, bad/ and audio/ clips."""
    return _or_skip(SHARED / "media")


@pytest.fixture
def muvi_sync_mini() -> Path:
    """36 songs of the published release in its own layout."""
    return _or_skip(SHARED / "muvi-sync-mini")
