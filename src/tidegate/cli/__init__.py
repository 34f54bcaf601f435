"""The terminal: reads arguments and the clock, calls public functions, prints what they return."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line. Exit codes: 0 answered, 1 nothing found, 2 bad input."""
    from tidegate.cli.app import app
    from tidegate.errors import NotFoundError, TidegateError

    try:
        app(standalone_mode=True)
    except BrokenPipeError:
        # The reader has gone (`tidegate status | head`); say nothing and let Python close quietly.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except NotFoundError as error:
        print(f"tidegate: {error}", file=sys.stderr)
        sys.exit(1)
    except TidegateError as error:
        print(f"tidegate: {error}", file=sys.stderr)
        sys.exit(2)
