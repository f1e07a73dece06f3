"""The terminal: `python -m clickcounter COMMAND`, one file for each group of commands.

The commands do not call services/, because a service works through the pipeline of a running server, and there is none in
this process. What checks and writes is the same for both: Ledger.reset, accounts.create, importer.import_file and so on.
Running servers notice what is committed here when they reread the database, and open tabs follow.
"""
