"""The command `muvisync`: each subcommand is one typed function in a module of its own."""

from __future__ import annotations

import typer

from muvisync.cli.add import add
from muvisync.cli.app import app as open_app
from muvisync.cli.doctor import doctor
from muvisync.cli.generate import generate
from muvisync.cli.import_ import import_release
from muvisync.cli.models import models
from muvisync.cli.retrain import retrain
from muvisync.cli.retry import retry
from muvisync.cli.rollback import rollback
from muvisync.cli.run import run
from muvisync.cli.status import status
from muvisync.cli.up import down, up
from muvisync.cli.validate import validate
from muvisync.errors import run_main

app = typer.Typer(
    help="Music for video: from music videos to a dataset, trained models, and music for any silent video.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (run, status, retry, add, generate, validate, doctor, models, retrain, rollback, up, down):
    app.command()(command)
app.command("import")(import_release)
app.command("app")(open_app)


def main() -> None:
    """Entry point of the console script."""
    run_main(app)
