"""Everything that reads for people: pages of the ledger, charts, leaders, lists, and the check of every total."""
