"""From several lines to a scene for each, with what stays from one to the next."""
