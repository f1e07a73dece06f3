"""Facts and decisions, without input or output: clicks, a counter's settings, rules, rights, slugs, the calendar."""
