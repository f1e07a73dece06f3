"""What every HTTP request and answer passes: headers, content security policy, origins, caching, body size."""
