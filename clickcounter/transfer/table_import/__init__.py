"""What becomes of a table that transfer/tables reads: its counters are found or created, and its rows counted once."""
