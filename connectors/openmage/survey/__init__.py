"""Looking at an OpenMage or Magento 1 shop before it is used: nothing is ever changed.

Each question is told by the table in `run.py`; what a right is missing for is left out, and told among the rights.
"""
