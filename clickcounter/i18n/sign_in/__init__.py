"""The texts about ways to sign in besides a name and a password."""
