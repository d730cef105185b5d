"""`entitystore explain SPEC`: a design as its designer would want to look at it.

    examples   a value for each component, and the text that it gives
    queries    what each finder asks DynamoDB for
    describe   package and proofs -> Design
    text       Design -> aligned columns
    command    the command

Rules of this package:
- It says what the generated code does, from the same representation and the same proofs; it decides nothing.
- The same document gives the same text: examples come from the schema, never from chance or the clock.
"""
