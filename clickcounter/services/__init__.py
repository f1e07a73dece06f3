"""What people can do, one function each: check the input, let the ledger write, publish what changed."""
