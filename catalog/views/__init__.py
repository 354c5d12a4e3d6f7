"""The catalog's pages: browse the listings, read one, look into its files."""
