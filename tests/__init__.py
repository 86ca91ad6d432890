"""Everything that shows what Integra promises: unit, contract, simulation, console and end-to-end tests.

No test speaks to anything but this machine, and none replaces a part that could be real.
"""
