"""What is measured: one module per library, each run in a process of its own (`python -m bench.subjects.<name>`).

Rules of this package:
- A module has `cases()`: case name -> a function that checks once that the result is what it must be, and gives a run
  (see `bench.measure`). A case that a library cannot do is absent; why is in the module's `CANNOT`.
- Each library is used as its own documentation does, with the settings that are fastest among the supported ones.
"""
