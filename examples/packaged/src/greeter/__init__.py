"""Greets in the caller's language."""
