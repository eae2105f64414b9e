"""Listening, whispering and barging: who may, to whom, and the record of it (R-SEC-1, R-SUP-5)."""
