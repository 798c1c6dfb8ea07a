"""What made a picture, kept in its PNG."""
