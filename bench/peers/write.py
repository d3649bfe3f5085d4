"""Writes a workload into files of prometheus_client's multiprocess mode, one process each.

usage: write.py DATA DIRECTORY

DATA is JSON: {"metrics": [{type, name, help, labelNames, buckets, series: [labels]}],
"processes": [{"live": bool, "values": [[[value, ...] per series] per metric]}]}. Prints the
package's version. Gauges of processes that have ended are left out: mode livesum, and what
mark_process_dead() removes.
"""

import json
import os
import sys

FIRST_PID = 100_000


def main(data_path, directory):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
    from importlib.metadata import version

    with open(data_path) as file:
        data = json.load(file)
    for number, process in enumerate(data["processes"]):
        # A child for each: its files are closed when it ends.
        child = os.fork()
        if child == 0:
            status = 1
            try:
                write(data["metrics"], process, FIRST_PID + number)
                status = 0
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        if status != 0:
            sys.exit(f"the writer of process {number} ended with {status}")
    print(version("prometheus-client"))


def write(metrics, process, pid):
    from prometheus_client.values import MultiProcessValue

    value_class = MultiProcessValue(process_identifier=lambda: pid)
    for metric, values in zip(metrics, process["values"]):
        if metric["type"] == "gauge" and not process["live"]:
            continue
        for labels, numbers in zip(metric["series"], values):
            write_series(value_class, metric, labels, numbers)


def write_series(value_class, metric, labels, numbers):
    def put(sample, names, texts, number, mode=""):
        name = metric["name"]
        if metric["type"] == "counter":
            name = name.removesuffix("_total")
        value = value_class(metric["type"], name, sample, names, texts, metric["help"], mode)
        value.set(number)

    name, names = metric["name"], metric["labelNames"]
    if metric["type"] != "histogram":
        put(name, names, labels, numbers[0], "livesum" if metric["type"] == "gauge" else "")
        return
    put(f"{name}_sum", names, labels, numbers[-1])
    bounds = [*metric["buckets"], float("inf")]
    for bound, number in zip(bounds, numbers):
        text = "+Inf" if bound == float("inf") else repr(float(bound))
        put(f"{name}_bucket", [*names, "le"], [*labels, text], number)


main(*sys.argv[1:])
