"""Many cases: a table of cases in, a table of answers out, in memory, from file to file, or on a Dask cluster."""
