"""What a scanner reads at the packing desk, and what follows from it: values in, values out.

Neither a query nor a widget lives here.
"""
