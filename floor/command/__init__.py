"""What supervisors command on the floor: judged, recorded, carried out by the exchange, seen only in its events."""
