"""MuViSync: music videos in; a per-second dataset, trained models, and music for any silent video out."""

__version__ = "0.1.0"
