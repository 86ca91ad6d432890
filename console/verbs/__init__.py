"""The verbs of the command line, one file each: they print, and answer an exit status. Nothing here loads Textual."""
