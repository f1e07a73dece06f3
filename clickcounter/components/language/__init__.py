"""Which language the page speaks, and how it writes numbers, dates and times."""
