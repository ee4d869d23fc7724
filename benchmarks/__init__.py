"""What performance claims are made of: each module is a command, `python -m benchmarks.<name>`."""
