"""``python -m sg2im_cli`` is the command ``sg2im``."""

from sg2im_cli.cli.app import main

if __name__ == "__main__":
    main()
