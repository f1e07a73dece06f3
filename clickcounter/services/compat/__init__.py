"""What programs written for Abacus or CountAPI do with their counters."""
