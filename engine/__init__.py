"""The sync engine: model, store, tasks, runtime.

Nothing here knows a screen or a particular ERP or shop: the outside world comes in through `engine.ports`.
"""
