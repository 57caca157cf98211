"""The test clock of an account: freezing test mode, advancing it, letting it go."""
