"""What is added to the ledger afterwards: past entries, opening amounts and notes."""
