"""`python -m amt.evaluate`: the stage evaluate; with `--model`, a comparison of any models instead.

The figures of the README: `python -m amt.evaluate --model ours FOLDER... --model paper FOLDER...`, where the folders of
one name are seeds.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from muvisync.errors import UserError, run_main
from muvisync.files import write_json
from muvisync.params import load_params


def main() -> None:
    """Evaluate with the section `evaluate` of params.yaml."""
    arguments, params = _parser().parse_args(), load_params().evaluate
    # imported late: torch takes seconds, and a mistake in params.yaml should show at once
    if not arguments.model:
        from amt.evaluate.evaluate import evaluate

        evaluate(params)
        return
    from amt.evaluate.compare import compare
    from amt.evaluate.markdown import comparison_to_markdown

    params = params.model_copy(update={"split": arguments.split or params.split})
    figures = compare(_named_folders(arguments.model), arguments.dataset, params)
    if arguments.out:
        write_json(arguments.out, figures)
    print(comparison_to_markdown(figures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m amt.evaluate", description="Measure models on held-out songs.")
    parser.add_argument(
        "--model",
        nargs="+",
        action="append",
        metavar=("NAME", "FOLDER"),
        help="an AMT or a regressor and its seeds; repeat for others",
    )
    parser.add_argument("--dataset", type=Path, default=Path("data/dataset"), help="default: data/dataset")
    parser.add_argument("--split", choices=("test", "val", "train"), help="default: as in params.yaml")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    return parser


def _named_folders(models: list[list[str]]) -> dict[str, list[Path]]:
    bare = [name for name, *folders in models if not folders]
    if bare:
        raise UserError(
            f"--model {bare[0]}: give a name and then one folder or more, such as `--model ours models/amt`"
        )
    if len({name for name, *_ in models}) < len(models):
        raise UserError("two --model have the same name; list the folders of seeds behind one")
    return {name: [Path(folder) for folder in folders] for name, *folders in models}


if __name__ == "__main__":
    run_main(main)
