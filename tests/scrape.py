"""Reads a back end's metrics as Prometheus does."""

import urllib.request

from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from tests.server import PATIENCE

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def scrape(port: int, accept: str = "text/plain") -> list[Metric]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        text = answer.read().decode()
    return list((openmetrics if accept == OPENMETRICS else text_string_to_metric_families)(text))


def number(port: int, name: str, **labels: str) -> float:
    """The sum of the samples with this name and these labels; 0 if there is none."""
    samples = (sample for family in scrape(port) for sample in family.samples)
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())
