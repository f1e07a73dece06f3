"""Who is asking: people, their passwords and the browsers in which they signed in.

Whoever is asked about in here comes from the database each time: what was true a moment ago is not remembered. Knows neither
counting nor a web server; each function takes a connection within somebody else's transaction, and the time.
"""
