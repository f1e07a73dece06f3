"""Everything that writes: each change of a counter is one transaction here, on disk before anyone is told."""
