"""The commands of `python -m registry`, by what they are for."""
