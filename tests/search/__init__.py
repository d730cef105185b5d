"""A search for wrong answers of finders: random designs, entities and calls, compared with brute force by value.

    kinds    property types with their values, and what a macro makes of a value: to compare, and as text
    designs  random documents: templates over all kinds, with and without delimiters, several entities in a partition
    model    what a call should find, by the values of every entity
    search   makes packages of designs, stores entities, calls finders, compares

    make search CALLS=700000 SEED=1        tests/search/test_search.py does some seconds of it

Rules of this package:
- The model knows nothing of keys' ranges, of filters or of the generator: it compares values, one entity at a time.
- A call may be refused for a stated reason alone (see `search.REASONS`); an answer is right or the search fails.
- A design and its calls follow from the seed and its number, so that whatever is found can be tried again.
"""
