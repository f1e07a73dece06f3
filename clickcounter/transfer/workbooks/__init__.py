"""A program that reads .xlsx and .ods by python-calamine and writes the columns of a sheet to its standard output.

It is a process of its own: a workbook of a few kilobytes can unpack to any size, and a sheet with two cells in opposite
corners takes memory for all between them. So it may have only so much memory and time, and nothing but itself ends where
it needs more. It starts quickly, for it imports little.
"""
