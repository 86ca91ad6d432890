"""Bugs planted to test the simulation: each is one mechanism of the engine or a connector taken out by name."""
