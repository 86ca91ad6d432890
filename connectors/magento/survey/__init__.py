"""Looking at a Magento shop before it is used: one file for each group of questions, and nothing is ever changed.

Each question is told by the table in `run.py`; what a right is missing for is left out, and told among the rights.
"""
