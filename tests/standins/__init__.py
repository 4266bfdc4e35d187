"""What speaks for others in development and tests is itself held to what it speaks for."""
