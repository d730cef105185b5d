"""Nothing: what the interpreter itself costs."""
