"""The one bridge to Reflex, Socket.IO, Engine.IO and uvicorn: only modules in here reach into their private parts."""
