"""The HTTP API for programs, version 1. docs/api.md says how it is used."""
