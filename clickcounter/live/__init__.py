"""What follows a commit: the newest snapshot of each counter, who gets it, and what other processes wrote."""
