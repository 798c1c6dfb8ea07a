"""One module a command, and what only that command does."""
