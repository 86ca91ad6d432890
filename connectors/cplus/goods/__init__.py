"""What the store sells: products and kits, prices, stock, photos, goods on order. Reads, but for the mark of a shop."""
