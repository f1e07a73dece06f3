"""What people add afterwards: past entries, opening amounts and notes."""
