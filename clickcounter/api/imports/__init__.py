"""Files that come over HTTP: from a browser at /import, from programs at /api/v1/imports."""
