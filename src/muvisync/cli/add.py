"""`muvisync add`: append videos to the catalogue."""

from __future__ import annotations

from typing import Annotated

import typer

from muvisync.catalog import CATALOG, CatalogError, read_catalog, write_catalog
from muvisync.errors import UserError
from muvisync.new_videos import find_new, one_line


def add(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="Web addresses, files, or sample:<n>.", show_default=False)
    ],
    title: Annotated[
        str, typer.Option(help="Title; for one source only. Default: the site's, or the file's name.")
    ] = "",
    license: Annotated[str, typer.Option(help='Licence of all of them, such as "CC-BY-4.0".')] = "",
    tags: Annotated[str, typer.Option(help="Tags of all of them, separated by spaces.")] = "",
) -> None:
    """Add videos to data/catalog.csv.

    Nothing is added unless all of SOURCE... can be.
    """
    if title and len(sources) > 1:
        raise UserError("--title names one video; add the sources one by one, or leave the title out")
    # the first `add` in an empty folder starts the catalogue
    listed = read_catalog() if CATALOG.exists() else []
    row = {"title": one_line(title), "license": one_line(license), "tags": one_line(tags)}
    found = find_new(sources, listed, row)
    problems = found.problems + [f"{text}: already in the catalogue as {name}" for text, name in found.known.items()]
    if problems:
        raise CatalogError("\n".join(["nothing was added:", *(f"  {problem}" for problem in problems)]))
    write_catalog(CATALOG, [*listed, *found.new])
    for video in found.new:
        print(f"added {video.video_id}: {video.source}")
    print(f"{CATALOG} lists {len(listed) + len(found.new)} videos now. Next: `muvisync run` (what is done stays done)")
