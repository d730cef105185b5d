"""Documents with faults that nobody thought of: whatever stands in a document, the compiler has an answer."""
