"""The page of `muvisync app`: a video goes in, its music comes out, several variants side by side."""
