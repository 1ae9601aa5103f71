"""Stages train_amt and train_rhythm: Lightning around the plain models."""
