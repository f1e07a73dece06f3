"""Ends rounds when their time has come."""
