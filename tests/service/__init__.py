"""DynamoDB's own rules, and as much of its behaviour as reading needs, for tests that trust no engine.

    expressions   condition and projection expressions as trees; what a condition says of an item
    rules         what the service refuses in a request, whatever an engine lets pass
    checking      a transport that checks each request on its way
    memory        a table in memory that answers as the service does: orders, key conditions, filters, limits, pages

tests/behaviour/test_service.py compares `memory` with the engines.
"""
