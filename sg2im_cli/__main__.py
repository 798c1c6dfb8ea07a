"""``python -m sg2im_cli`` and the installed script: the command ``sg2im``."""

from __future__ import annotations

import gc
import sys

YOUNG = 100_000
"""Objects that are made before Python looks for garbage among them: importing torch and spaCy makes a million that
stay, and looking at them again and again takes a fifth of the time."""


def collect_less() -> None:
    """Look for garbage more seldom, in this process, which is the command's own."""
    gc.set_threshold(YOUNG)


def main() -> None:
    """Run the command; Ctrl-C while its modules are still being imported ends it like any later one."""
    collect_less()
    try:
        from sg2im_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("sg2im: Stopped.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
