"""Floorwatch: the real-time floor monitor for call centers on Asterisk."""

__version__ = "0.1.0"
