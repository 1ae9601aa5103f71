"""The `video` stage: media files to semantics, emotion, motion and scenes, a row a second."""
