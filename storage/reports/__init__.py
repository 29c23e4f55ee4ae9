"""Figures over many rows, each bounded by a period."""
