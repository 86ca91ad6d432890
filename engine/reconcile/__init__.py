"""Reconciling: what a channel shows is read back, compared with what was confirmed, put right by who masters what."""
