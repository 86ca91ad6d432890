"""Adoption: what is already in a shop is matched with the ERP and taken as it is, before anything is written there.

Matching decides and is pure; looking, taking and settling are its shells. Nothing in here writes to a shop or the ERP.
"""
