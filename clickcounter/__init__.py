"""Click Counter: one number, shared by everyone who looks at it."""

__version__ = "0.1.0"
