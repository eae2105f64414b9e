"""The link to an exchange, tried against a scripted peer, a bad wire and real tapes."""
