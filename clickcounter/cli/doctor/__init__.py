"""`doctor`: what is wrong with this instance, and what to do about it.

Each check yields findings and changes nothing. What a proxy or a browser would do is tried, not read from configuration:
a socket is opened through the address that visitors use.
"""
