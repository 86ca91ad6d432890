"""Customers: finding, reading, creating and changing them."""
