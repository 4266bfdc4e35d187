"""What speaks for others in development and tests."""
