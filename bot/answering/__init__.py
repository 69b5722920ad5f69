"""Queries answered from the registry: every value with its place, every computation shown."""
