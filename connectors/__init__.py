"""Translators to the outside world: C-Plus, shops, marketplaces, suppliers, carriers, and the sandbox that plays them.

A connector answers a port of the engine: wire in, model out. It never decides, and imports of the engine only its
ports, model, errors and amounts.
"""
