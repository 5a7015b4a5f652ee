"""Unit tests: `python3 -m unittest discover -t . tests`, here, with Python 3.11 or newer."""

import sys
from pathlib import Path

# The host's functions, as `componentize-py --world test --world-module proctor_bindings bindings` makes them of `wit/`: they
# all raise NotImplementedError, and tests put others in their place.
sys.path.insert(0, str(Path(__file__).parent / "bindings"))
