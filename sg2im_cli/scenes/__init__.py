"""Several scenes that belong together: a story, and two graphs side by side."""
