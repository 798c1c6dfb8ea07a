"""``python -m sg2im_cli`` and the installed script: the command ``sg2im``."""

from __future__ import annotations

import gc
import sys

YOUNG = 100_000
"""Objects that are made before Python looks for garbage among them: importing torch and spaCy makes a million that
stay, and looking at them again and again takes a fifth of the time."""


def main() -> None:
    """Run the command; Ctrl-C while its modules are still being imported ends it like any later one."""
    gc.set_threshold(YOUNG)
    try:
        from sg2im_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("sg2im: Stopped.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
