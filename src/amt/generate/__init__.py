"""The `generate` stage: a silent video's features -> chords, rhythm, notes, sound, and the video with its music.

`produce` makes files of one video, `compose` its pieces: `predict` chords and rhythm, lay beats (`grid`) and chords
on them (`harmony`), and let the players of a style (`styles`) play (`arrangement`). `sound` is what is heard, `output`
what is written, `picture` what is drawn of it.
"""
