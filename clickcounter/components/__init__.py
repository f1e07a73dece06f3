"""What runs in the browser: React components by page, and the outbox, which keeps clicks until they are saved.

Each folder's wrappers.py makes Reflex components of its React components, for pages/.
"""
