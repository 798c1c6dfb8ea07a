"""Making weights: one update, the loop around it, checkpoints."""
