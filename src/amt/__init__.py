"""From the dataset to music: models, training, evaluation, generation, report."""
