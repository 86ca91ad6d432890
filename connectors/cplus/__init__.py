"""C-Plus, the ERP, in its Firebird database: reading, writing orders and customers, reserving.

The tables are C-Plus's own and stay as they are: nothing here creates or alters one.
"""
