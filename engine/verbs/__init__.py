"""What people may ask of the engine, a file for each thing they ask about.

Each verb decides inside one store transaction from the row version that the asker's screen showed; what has to happen
outside becomes an effect. The few that must first touch the ERP write something absolute there: a repeat is harmless.
"""
