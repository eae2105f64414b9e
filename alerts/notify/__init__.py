"""Telling people: one module per way, and an explicit table of them."""
