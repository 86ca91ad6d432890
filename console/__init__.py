"""The operator's side: the Textual console and the command line.

It reads the store on a connection of its own and asks the engine by its socket; it never writes, and never speaks to
C-Plus or to a shop.
"""
