"""Damaged documents, given to the commands that read them; ``python -m tests.fuzz --help`` says how to run it."""
