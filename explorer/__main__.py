"""Entry point of the command line, `python -m explorer VERB`; the verbs are in explorer/command_line."""

from __future__ import annotations

import sys

from explorer.command_line.program import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
