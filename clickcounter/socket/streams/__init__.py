"""Streams of events: what programs and other sites' pages follow in place of a websocket."""
