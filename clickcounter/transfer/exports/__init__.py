"""What an export reads, and how it is written. exporter.py has the formats."""
