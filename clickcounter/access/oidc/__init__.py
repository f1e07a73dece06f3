"""Signing in with an account that somebody has elsewhere: OpenID Connect's authorization code flow.

The provider says who somebody is, once, and nothing that it issues is kept: the session that begins is one of ours. The
provider may be slow, away or wrong; each question to it is bounded in time, size and number (provider.py, http_client.py).
"""
