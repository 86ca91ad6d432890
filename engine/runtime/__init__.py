"""What keeps the engine going: lock, supervisor, commands, socket, and the host that wires them.

Nothing here knows an order or a price; that is the engine's. Nothing here knows a screen.
"""
