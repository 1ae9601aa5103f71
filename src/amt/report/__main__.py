"""Stage `report`: reports/index.html from all that the other stages measured."""

from __future__ import annotations

import sys
from pathlib import Path

from amt.report.inputs import REPORTS, read_inputs
from amt.report.page import inputs_to_page
from muvisync.errors import run_main
from muvisync.files import atomic_write_text


def main() -> None:
    """Write the page of the current folder."""
    page: Path = REPORTS / "index.html"
    atomic_write_text(page, inputs_to_page(read_inputs()))
    print(f"report: open {page.resolve()} in a browser", file=sys.stderr)


if __name__ == "__main__":
    run_main(main)
