"""The C-Plus database itself: reaching it, its charset, layout, counters and locks, who it is; no trade in here."""
