"""How people get in, besides a name and a password: by invitation."""
