"""The installed app."""
