"""What changes a model: quantisation, pruning, low-rank compensation. Each works on plain tensors or modules."""
