"""The one bridge to Reflex, Socket.IO, Engine.IO and granian: only modules in here reach into their private parts."""
