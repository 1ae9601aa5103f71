"""The `generate` stage: a silent video's features -> chords, rhythm, notes, sound, and the video with its music."""
