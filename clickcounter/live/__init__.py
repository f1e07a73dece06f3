"""What follows a commit: the newest snapshot of each counter, who is told of it, and what other processes wrote."""
