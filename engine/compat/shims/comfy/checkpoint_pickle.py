"""`comfy.checkpoint_pickle`: pickles are read without running what is in them, so this is Python's own."""

import pickle

load = pickle.load
