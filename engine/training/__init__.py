"""How the model that ships is made: illustrations with captions, autoencoder and diffusion training, evaluation.

`train.train_postcards` makes the checkpoint from nothing, `evaluate.evaluate_postcards` judges it by its pixels.
Stands above the samplers and networks it trains and knows nothing of graphs or nodes.
"""
