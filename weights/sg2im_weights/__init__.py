"""What a model is on disk and on the Hub. Knows files; never language, never model code."""
