"""Who is asking and what they may do: accounts, passwords, sessions, permissions and rate limits.

Nothing is cached: accounts, sessions and roles are read from the database each time. Functions take a connection inside the
caller's transaction, and the time.
"""
