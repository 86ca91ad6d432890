"""The sample C-Plus base: its tables, its goods and customers, its photos, and the people who work in it.

They act as C-Plus's own program would, on connections of their own; nothing here knows of Integra or of a shop.
"""
