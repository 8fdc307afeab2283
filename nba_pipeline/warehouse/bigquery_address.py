"""A BigQuery address taken apart: `bigquery://project?dataset_prefix=dev_&location=US`.

`endpoint` and `storage_endpoint` name a server on this machine that speaks the protocol; it is spoken to without
credentials, so no other host is accepted. Does NOT belong here: the environment, a client.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from nba_pipeline.errors import SettingsError

SCHEME = "bigquery://"
FORM = f"{SCHEME}project?dataset_prefix=name_"
OPTIONS = frozenset({"dataset_prefix", "location", "endpoint", "storage_endpoint"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PROJECT_NAME = re.compile(r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")  # 6 to 30 characters
PREFIX_NAME = re.compile(r"^[A-Za-z0-9_]*$")
LOCATION_NAME = re.compile(r"^[A-Za-z0-9-]*$")

NO_CREDENTIALS = (
    "Run `gcloud auth application-default login`, or name a service account's key file in "
    "GOOGLE_APPLICATION_CREDENTIALS."
)


@dataclass(frozen=True)
class BigQueryAddress:
    """Where the datasets are. location: blank for the project's default.

    endpoint: blank for Google's own service, to which the application default credentials belong.
    storage_endpoint: blank on a server of this machine means that it has no storage API: rows are read by REST.
    """

    project: str
    dataset_prefix: str = ""
    location: str = ""
    endpoint: str = ""
    storage_endpoint: str = ""

    def dataset(self, name: str) -> str:
        """The stored name of a declared dataset."""
        return f"{self.dataset_prefix}{name}"

    @property
    def reads_by_rest(self) -> bool:
        return bool(self.endpoint) and not self.storage_endpoint


def parse_bigquery(url: str) -> BigQueryAddress:
    """The address; a SettingsError says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme != "bigquery" or not PROJECT_NAME.match(parts.netloc) or parts.path.strip("/") or parts.fragment:
        raise SettingsError(f"{url}: {parts.netloc!r} is not a project; expected {FORM}.")
    options = parse_qs(parts.query, keep_blank_values=True)
    unknown = sorted(set(options) - OPTIONS)
    if unknown or (parts.query and not options):
        raise SettingsError(f"{url}: unknown option(s) {unknown or parts.query!r}; known: {sorted(OPTIONS)}.")
    address = BigQueryAddress(parts.netloc, **{name: values[-1] for name, values in options.items()})
    if not PREFIX_NAME.match(address.dataset_prefix):
        raise SettingsError(f"{url}: dataset_prefix may hold letters, digits and underscores only.")
    if not LOCATION_NAME.match(address.location):
        raise SettingsError(f"{url}: location may hold letters, digits and hyphens only, such as US or europe-west1.")
    _check_endpoints(url, address)
    return address


def _check_endpoints(url: str, address: BigQueryAddress) -> None:
    if address.storage_endpoint and not address.endpoint:
        raise SettingsError(f"{url}: storage_endpoint without endpoint. Name both, or neither for Google's service.")
    if address.endpoint and not address.endpoint.startswith("http://"):
        raise SettingsError(f"{url}: endpoint={address.endpoint} is not of the form http://127.0.0.1:9050.")
    for name, value in (("endpoint", address.endpoint), ("storage_endpoint", f"//{address.storage_endpoint}")):
        host, port = _host_and_port(url, name, value)
        if value.strip("/") and (host not in LOOPBACK or port is None):
            raise SettingsError(
                f"{url}: {name} names {host!r}. Only a server on this machine, with its port, may be named: it is "
                "spoken to without credentials. Leave the option out to use Google's service."
            )


def _host_and_port(url: str, name: str, value: str) -> tuple[str | None, int | None]:
    parts = urlsplit(value)
    try:
        return parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"{url}: {name} has no usable port: {error}.") from error
