"""The facts of the trade as frozen values: goods, people, what a channel says, what the ERP does. No behaviour."""
