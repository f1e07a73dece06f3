"""Plain HTTP: accounts, exports, imports, health."""
