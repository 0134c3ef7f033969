"""The command `phyle`, also as `python -m phyle`."""

import sys

from phyle.cli.commands import main

if __name__ == "__main__":
    sys.exit(main())
