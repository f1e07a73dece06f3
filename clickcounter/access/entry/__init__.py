"""How people get in: by invitation, with a good password, a second factor, or a passkey."""
