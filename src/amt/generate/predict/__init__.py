"""What was seen of a video -> what the models predict: chords, note density and loudness of every second."""
