"""What stands on the page and lives in the browser; it takes vars and handlers as arguments."""
