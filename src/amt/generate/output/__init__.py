"""What is handed over: MIDI, WAV, the video with its music, and the timeline of the whole with its figures."""
