"""Numbers elsewhere: events, values, badges and previews that other sites and programs show."""
