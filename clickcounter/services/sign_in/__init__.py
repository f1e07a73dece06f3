"""Ways to sign in besides a name and a password."""
