"""The entity tasks: each a thin shell that reads, asks the pure parts and the store what to do, and calls a port.

A task never decides by itself what is right; it raises the ports' errors and its supervisor tells the people.
"""
