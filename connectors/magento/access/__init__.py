"""Getting into a Magento shop: its address, its keys, and how a call says who makes it (bearer token or OAuth 1.0a)."""
