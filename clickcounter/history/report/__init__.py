"""The report of a day or an event, for paper: everything that was counted in one stretch of time."""
