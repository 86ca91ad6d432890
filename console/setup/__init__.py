"""Setting Integra up by questions and answers on any terminal: what is asked, how, and how the answers are written.

Nothing is written before everything was answered and shown; who leaves earlier leaves everything as it was.
"""
