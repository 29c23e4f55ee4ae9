"""Drawings and letters: values in, bytes out, without storage or network."""
