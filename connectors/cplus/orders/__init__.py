"""Orders of the shop in C-Plus: writing them, where their goods come from, reserving and giving back."""
