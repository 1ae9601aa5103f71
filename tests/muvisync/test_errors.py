"""How an entry point ends."""

from __future__ import annotations

import errno

import pytest

from muvisync.errors import Filtered, Transient, UserError, run_main


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (UserError("no such thing; make one"), 1, "error: no such thing; make one\n"),
        (OSError(errno.ENOSPC, "No space left on device", "a.bin"), 1, "No space left on device: 'a.bin'. Mend this"),
        (KeyboardInterrupt(), 130, "run again to go on"),
    ],
)
def test_what_a_person_can_mend_is_said_without_a_traceback(
    error: BaseException, status: int, words: str, capsys: pytest.CaptureFixture
):
    def main() -> None:
        raise error

    with pytest.raises(SystemExit) as caught:
        run_main(main)
    assert caught.value.code == status
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said


@pytest.mark.parametrize("error", [ValueError("a bug"), FileNotFoundError(errno.ENOENT, "No such file")])
def test_a_bug_keeps_its_traceback(error: Exception):
    def main() -> None:
        raise error

    with pytest.raises(type(error)):
        run_main(main)


def test_errors_read_as_their_message():
    assert str(Transient("busy", wait=3.0)) == "busy"
    assert str(Filtered("long", score=2.0)) == "long"
