"""What becomes of orders in C-Plus's own hands: their states, sales, fiscal documents, returns."""
