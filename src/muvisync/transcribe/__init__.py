"""From a media file to notes, chords, key, loudness and note density."""
