"""The counter on rx.SharedState."""
