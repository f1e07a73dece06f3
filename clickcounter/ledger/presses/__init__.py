"""One transaction of clicks."""
