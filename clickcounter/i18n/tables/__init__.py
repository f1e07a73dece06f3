"""What can be said about tables of other apps."""
