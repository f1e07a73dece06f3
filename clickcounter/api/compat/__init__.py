"""The addresses of Abacus and CountAPI, so that programs which were written for them count here unchanged."""
