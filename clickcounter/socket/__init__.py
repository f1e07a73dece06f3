"""The one bridge to Reflex, Socket.IO and the server: whatever touches their private parts stands here."""
