"""Generation with a checkpoint on this machine: loading, batching, decoding, stopping."""
