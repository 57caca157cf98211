"""Bank accounts on file, in both of the API's forms, as one list: adding, verifying and detaching them."""
