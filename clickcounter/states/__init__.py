"""Reflex states: they ask, show and stop. A state's module path is its name on the wire; moving one orphans open tabs.

A state lives in the memory of one worker and is made anew where its tab lands after a lost connection, so it must hold
nothing that cannot be asked again: what matters is in the database or in the browser.
"""
