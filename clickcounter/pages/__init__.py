"""The pages. Each reads like its screen, from top to bottom."""
