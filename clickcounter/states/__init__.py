"""Reflex states. A handler reads its event's arguments, calls one service and sets the reply.

A state's module path is its name on the wire: moving one orphans open tabs. A state lives in the memory of one worker and is
created again where its tab reconnects, so it holds nothing that cannot be loaded again: what matters is in the database or
in the browser.
"""
