"""What people can do, one function each, called by states, api and admin alike.

A service checks its input, lets the ledger write, and publishes what changed to everybody whom it concerns (changes.py). It
takes who asks as an argument and knows neither Reflex nor a web server.
"""
