"""Parses pages with the Python client's parsers.

Reads one JSON object {"format", "page"} a line and answers with one a line:
{"families": [{"name", "help", "type", "samples": [[name, labels, value]]}]} or {"error"}.
Values are in hexadecimal, so that no digit is lost.
"""

import json
import sys

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text

PARSERS = {
    'text': text.text_string_to_metric_families,
    'openmetrics': openmetrics.text_string_to_metric_families,
}


def parse(page):
    return [
        {
            'name': family.name,
            'help': family.documentation,
            'type': family.type,
            'samples': [[s.name, s.labels, float(s.value).hex()] for s in family.samples],
        }
        for family in PARSERS[page['format']](page['page'])
    ]


for line in sys.stdin:
    try:
        answer = {'families': parse(json.loads(line))}
    except Exception as error:
        answer = {'error': repr(error)}
    print(json.dumps(answer), flush=True)
