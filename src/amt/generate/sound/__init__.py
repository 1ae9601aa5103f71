"""Notes -> sound: instruments played and mixed, as loud from second to second as was predicted, -14 LUFS in all."""
