"""Measuring weights."""
