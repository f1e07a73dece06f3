"""What open tabs are told that no press says: rights that changed, and sessions that ended."""
