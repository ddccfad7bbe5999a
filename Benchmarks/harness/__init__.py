"""What `Benchmarks/run` and `Benchmarks/profile` share."""
