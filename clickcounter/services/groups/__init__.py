"""Groups: counters that are the sum of others."""
