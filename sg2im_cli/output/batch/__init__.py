"""Many pictures from a file of lines, and the manifest of what was made."""
