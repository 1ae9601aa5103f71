"""Stage `dataset`: extracted and published features as Parquet, one row a second (DESIGN section 4)."""
