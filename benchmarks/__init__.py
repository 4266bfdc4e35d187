"""What needs a quiet machine or long time: `make prove`. Each proof is a module with `main() -> int`, 0 when it holds."""
