"""The words of docs/benchmarks.md. They say how it is measured, never how it came out."""

OPENING = """<!-- Written by `python -m bench.report` from bench/results.json. Do not edit: `make bench` makes both. -->
# Benchmarks

What a call costs the client, next to the libraries that one would take instead, measured in one run. `make bench`
measures and writes this page; `python -m bench.report` writes it again from the figures of the last run.

EntityStore stands here three times, once for each kind of entity class that `--models` makes. All figures are of the
code that users get: TLS verified, CRC32 of every answer checked, retries and error mapping on, schema checks on writes.
"""

GOALS = """How many times cheaper than the best peer, by the medians of this run; in brackets by the best samples. For
decoding, the best peer may be one that stops at a dict of native values and makes no entity.
"""

METHOD = """
## Method

- **The same data for all.** An order of 15 attributes with its keys, 1.1 KB as DynamoDB counts (bench/openapi.yaml and
  bench/data.py). Each library's result is compared with the expected values, property by property, before it is timed.
- **The client is what is measured.** A server in C (bench/server.c) answers every request with a fixed body and the
  head that DynamoDB sends, CRC32 included, on a core of its own. It takes a few microseconds for each; the larger part
  of a call's wall time on this machine is the switch between two processes.
- **CPU time** is user and system time of the client's process, all of its threads. Wall time stands beside it; on a
  machine with other work to do it tells who was interrupted, so starts, too, are compared by CPU time.
- **In turns.** Each library has a process of its own, all on one core, one at work at a time. Every round takes one
  sample of each, starting with another one each time. A sample is as many operations as take about 0.15 s.
- **Best, median, spread.** Spread is the distance between the quartiles over the median.
- **Best supported usage.** boto3: the client rather than the resource, no validation of parameters; aiodynamo on
  aiohttp; dynamoxy without telemetry and capacity reports; PynamoDB with an attribute class of its own for date-times,
  because its own does not read the stored form. Libraries without entities get a dataclass, filled by hand. Libraries
  that cannot compute keys from date-times get them by hand when they write.
- **Starts and imports** are measured with a library and its requirements alone on the path, since some libraries import
  what happens to be installed. All are given a bundle of 140 authorities; where they can, also the hashed directory
  that Debian has in its place, out of which OpenSSL reads only the authority that it needs. Botocore knows bundles
  alone.
- **The server's authority** is made for the run, added to the bundle and the directory that all libraries get, and
  named `Amazon Root CA 1`, as that of DynamoDB's own endpoints is. That matters to EntityStore alone: of a large bundle
  it reads Amazon's authorities first, and the whole only if the endpoint's certificate does not verify with them. An
  endpoint with another authority, behind a bundle as large, costs the whole bundle and a second handshake: then a
  start takes 20 ms more, which is 2 ms more than if the whole were read at once.
- **The stream's memory** is the process's largest resident size, in a process that does nothing else.
- **Attributes.** The growth with the number of attributes is measured on decoding alone, on entities made for it
  (bench/wide.py); the peers' figures there are of a dict, not of an entity.

## Where the time goes, and what was tried

Profiles taken by hand with the harness, on the same kind of machine; they explain what is left, and the goals that are
missed where they are.

- **A start.** Of the CPU time up to the first answer, the interpreter takes 10 ms, `import msgspec` (with `typing`,
  `enum`, `re`, `uuid`) 20 to 25, `socket`, `ssl` and `hashlib` with their shared libraries 10, the generated package
  and the runtime about 12, Amazon's authorities out of the bundle 3, handshake and first answer 3, and the
  interpreter's end 7. Reading the whole bundle, which OpenSSL 3 decodes slowly, took 20. What else could go went:
  named tuples, patterns and decoders made at import; URL parsing, cursors, batches, streams, `threading`, the tables
  of internationalised names; authorities that are not needed, where the system has them by hash. For dataclasses,
  `dataclasses` with `inspect` and the making of the classes take 10 more. For pydantic models, `import pydantic` and
  the building of its validators alone cost more than all the rest.
- **A decode.** Of 4.3 µs, the typed parse takes 3.1; making a msgspec entity takes 0.8, a dataclass 0.9, a pydantic
  object 2.1. Dataclasses are made without `__init__`, whose keyword arguments took as long again (1.8). pydantic's
  objects are a dict, a set of names and two more slots each, in a class whose own constructor would validate again; the
  slots are set by their descriptors (2.9 before), and what is left of the difference is these objects themselves.
- **A page.** A megabyte of items is 1.4 MB of JSON. Two new buffers of that size for each page, one to receive into
  and one for the bytes that are handed out, cost 620 page faults, a quarter of the page's time; the first is kept now
  for the next large answer. To hand the buffer itself out would save 0.4 ms more, but make `bytearray` of `bytes`.
- **A page of pydantic objects** has twice as many objects that the garbage collector looks at as one of dataclasses (a
  set of names and a dict for each, besides itself): 1.6 of its 7.2 ms of decoding are the collector's, 0.2 of 4.4 for
  dataclasses. The sets could be shared by all objects of a class, but one who empties `model_fields_set` of one would
  empty it for all; and to switch the collector off is the application's to decide.
- **Concurrent gets.** A bare `asyncio` protocol that sends a ready request and makes nothing of the answer takes 13 µs;
  signing takes 2.5, decoding 4.3, the key and the request 1.4, the head and CRC32 2.5: 24 in all, where 28 to 32 are
  measured. The rest are three coroutines between the caller and the socket (two were taken out) and the pool. A read on
  a connection that was just used goes without the system call that asks whether it is open, since it may be sent again;
  a write does not, because it could meet a dead connection and its fate be unknown. Faster hashes of short texts than
  OpenSSL's would save 1 µs, but not be those that a user may have to use.
- **A GetItem.** A socket that sends and receives ready bytes takes 25 µs here; of the rest, the system's part and cold
  caches after each switch to the server are larger than the client's instructions, which take 17 µs when they are warm.
  The head is read line by line as DynamoDB writes it (4 µs before, 1.3 now). TLS works on memory, with one send and one
  receive a call in place of `ssl.SSLSocket`'s polls and halved records, and does not ask for what has not come: OpenSSL
  takes 8 µs to say so.
- **A batch** read the whole of each item twice to find its key; it reads the key alone now.

## Weaknesses

- A canned answer on the loopback interface is not DynamoDB: there is no network, no throttling, no waiting. What is
  left is the client's own work, which is the question here; a service's latency would hide most of it in wall time.
- Two virtual cores of a shared machine: what others do on it shows in the absolute figures and in the spread. Short
  calls suffer more than long ones, because each begins with cold caches after the switch to the server and back. The
  load averages above say how busy it was. Compare ratios of one run, not figures of two.
- Some libraries encode and decode only inside a call. For pydynox and dynamoxy, `encode` and `decode` are put together
  from their own functions and Python's `json`, which their calls do not use; their GetItem and PutItem show more.
- One shape of entity. Many small numbers, large binaries or deep documents would give other ratios; see how cost grows.
- The peers' versions are those that pip resolves together in one environment: aioboto3 holds boto3 back by some.
"""
