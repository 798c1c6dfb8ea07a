"""From a tree as a pipeline makes it to one that the rules can read; each module is one kind of change."""
