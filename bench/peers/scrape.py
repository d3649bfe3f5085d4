"""Scrapes files of prometheus_client's multiprocess mode in a fresh interpreter.

usage: scrape.py DIRECTORY ROUNDS PAGE

Writes the last page to PAGE and prints the milliseconds of each scrape as JSON. The
interpreter's start and the imports are not part of them.
"""

import json
import os
import sys
import time


def main(directory, rounds, page_path):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    times = []
    for _ in range(int(rounds)):
        begin = time.perf_counter()
        registry = CollectorRegistry()
        MultiProcessCollector(registry, directory)
        page = generate_latest(registry)
        times.append((time.perf_counter() - begin) * 1000)
    with open(page_path, "wb") as file:
        file.write(page)
    print(json.dumps(times))


main(*sys.argv[1:])
