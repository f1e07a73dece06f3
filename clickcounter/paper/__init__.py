"""A report as a page that prints well, as a table and as a PDF."""
