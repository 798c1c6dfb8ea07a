"""Pictures and masks at the size of training, in Arrow files that are mapped into memory."""
