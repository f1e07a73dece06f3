"""The pages of `/admin/`, one file for each of its lists."""
