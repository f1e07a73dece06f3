"""The server's own numbers for Prometheus, on a port of their own; they are collected when somebody asks for them."""
