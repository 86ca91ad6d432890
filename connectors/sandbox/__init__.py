"""The demo's world: a sample C-Plus base with its people, and a sample shop with its buyers.

Good enough to train operators on; nothing of a real store ever comes in here.
"""
