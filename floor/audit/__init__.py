"""What people did to the floor and looked at on it, on record for good (R-SEC-1, -2, -3, -12)."""
