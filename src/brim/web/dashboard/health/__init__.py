"""The health of the installation over all accounts, for the platform account."""
