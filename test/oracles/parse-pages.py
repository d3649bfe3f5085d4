"""Parses pages with the Python client's parsers.

Reads one JSON object {"format", "page"} a line and answers with one a line:
{"families": [{"name", "help", "type", "samples": [[name, labels, value, exemplar]]}]} or
{"error"}; an exemplar is null or [labels, value, timestamp]. Numbers are in hexadecimal, so that no digit is lost.
"""

import json
import sys

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text

PARSERS = {
    'text': text.text_string_to_metric_families,
    'openmetrics': openmetrics.text_string_to_metric_families,
}


def exemplar(given):
    if given is None:
        return None
    return [given.labels, float(given.value).hex(), float(given.timestamp).hex()]


def parse(page):
    return [
        {
            'name': family.name,
            'help': family.documentation,
            'type': family.type,
            'samples': [
                [s.name, s.labels, float(s.value).hex(), exemplar(s.exemplar)]
                for s in family.samples
            ],
        }
        for family in PARSERS[page['format']](page['page'])
    ]


for line in sys.stdin:
    try:
        answer = {'families': parse(json.loads(line))}
    except Exception as error:
        answer = {'error': repr(error)}
    print(json.dumps(answer), flush=True)
