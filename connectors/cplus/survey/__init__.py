"""Looking at a C-Plus base before it is used: one file for each group of questions, and nothing is ever changed.

Each question is a function of `Base` that yields what it found and what it leaves to a person. It asks only for columns
that are there, in read-only transactions of one statement each, and gives up before it could be felt at a till.
"""
