"""What changes a model: quantisation, pruning, low-rank compensation; on plain tensors or modules."""
