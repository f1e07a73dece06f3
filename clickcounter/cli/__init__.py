"""The terminal: `python -m clickcounter COMMAND`, one file for each group of commands.

The commands do not call services/, because a service goes through the pipeline of a running server, and none runs in this
process. What checks and writes is the same all the same: services and commands both call Ledger.reset, accounts.create,
importer.import_file and so on. Running servers notice what is committed here by rereading, and open tabs follow.
"""
