"""The built tables: loaded, selected, named by an address, cited, compared."""
