"""The history of the schema, one script a revision; `registry.migrate` runs them."""
