"""What a screen reader is told of a counter, in the browser."""
