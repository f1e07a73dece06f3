"""From what a tab or a program sends to an order for the ledger."""
