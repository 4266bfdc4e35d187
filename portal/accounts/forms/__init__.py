"""Shape of what people type to sign up, to sign in, to prove that it is them, and to change what their account says."""
