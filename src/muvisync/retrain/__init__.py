"""What the scheduled job knows beside the pipeline: whether there is new work, and what of its end is done."""
