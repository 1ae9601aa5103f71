"""Stage evaluate: both models beside trivial baselines and controls, on held-out songs."""
