"""The store in a simulated world: the real engine, store and connectors in one loop with virtual time, driven by seeds.

`world` is everything outside the engine, `life` one life of the engine, `faults` what goes wrong, `checker` what must
hold whatever goes wrong. Only `tests` may import from here.
"""
