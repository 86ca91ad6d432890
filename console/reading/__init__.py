"""What the console reads of the store: one connection in one thread, and the named queries of each subject.

Nothing here writes, and nothing here knows a widget. Text from outside leaves as `SafeText`.
"""
