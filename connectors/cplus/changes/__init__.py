"""Hearing of changes at once, where an owner installed Integra's triggers: their log and the doorbell."""
