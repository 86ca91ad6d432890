"""What both generations of Magento have in common, whatever carries it: values, people, categories, orders, photos.

No call is made here. `connectors.magento` and `connectors.openmage` import it, each for a wire of its own, and neither
knows the other.
"""
