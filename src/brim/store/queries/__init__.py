"""The statements of the store, a file for each of its modules; whoever runs one binds its arguments."""
