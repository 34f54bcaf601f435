"""The command line called within the test run: the same arguments, exit codes and streams, without a start each time."""

import io
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from tidegate.cli import main

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Answer:
    """What `subprocess.run` tells of a command."""

    returncode: int
    stdout: str
    stderr: str


def run(*args, cwd=ROOT):
    """Run `tidegate` with these words, called from a folder."""
    out, err = io.StringIO(), io.StringIO()
    with (
        chdir(cwd), patch.object(sys, "argv", ["tidegate", *map(str, args)]), redirect_stdout(out), redirect_stderr(err)
    ):  # fmt: skip
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    return Answer(code, out.getvalue(), err.getvalue())
