"""Stage `download`: the catalogue's sources -> data/download/<id>.<ext> and what is known of each file in <id>.json."""
