"""When things run: the only code that imports Prefect."""
