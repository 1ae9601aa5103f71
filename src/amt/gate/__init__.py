"""The gate: whether newly trained models replace the champion, by figures on the same songs."""
