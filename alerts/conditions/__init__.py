"""The registry of named pure conditions; rules (data) refer to them by name."""
