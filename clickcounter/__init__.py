"""Click Counter: one number, shared by everyone who looks at it."""
