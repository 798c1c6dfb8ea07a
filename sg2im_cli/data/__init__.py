"""From annotation files to batches of scene graphs."""
