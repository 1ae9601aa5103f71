"""One chord a second -> chords on the beats of a grid, with changes at bars and cuts and a cadence at the end."""
