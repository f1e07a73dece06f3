"""Data in and out: export, import, copies between databases, backups."""
