"""Facts and decisions without I/O: clicks, a counter's settings, rules, rights, slugs, the calendar."""
