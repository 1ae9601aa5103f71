"""Two workers of a fresh installation compiled librosa at the same moment; every later start died with SIGSEGV."""

from __future__ import annotations

import subprocess
import sys
import time

from filelock import FileLock

from muvisync.transcribe.compiled import lock_path

CODE = "from muvisync.transcribe.compiled import compile_librosa; print('start', flush=True); compile_librosa()"


def test_one_process_compiles_while_the_others_wait():
    with FileLock(lock_path()):
        process = subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "start\n"
        time.sleep(1)
        assert process.poll() is None
    assert process.wait(timeout=300) == 0


def test_nothing_gets_at_the_libraries_before_that():
    code = "import sys; import muvisync.transcribe.chord_network as n; from muvisync.transcribe import compiled; " + (
        "print(compiled.compile_librosa.cache_info().currsize, 'librosa' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.split() == ["1", "True"]
