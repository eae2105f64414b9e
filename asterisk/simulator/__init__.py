"""A simulated exchange that speaks real AMI: for the demo, for tests, for load, for drills.

``Simulator`` is the whole of it; ``run`` serves one until cancelled.
"""

from asterisk.simulator.scenario import FloorSettings
from asterisk.simulator.simulator import Simulator, run

__all__ = ["FloorSettings", "Simulator", "run"]
