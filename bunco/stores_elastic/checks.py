"""Look for what is wrong with a store and its cluster, in words."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from bunco.errors import StoreError
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.mappings import FIELDS, GROUPS, VERSION, Group


def faults(cluster: Cluster) -> Iterator[str]:
    """Give what is wrong; nothing where the store is sound, or was never written to."""
    try:
        cluster.connection.require_version()
        templates = cluster.templates()
        indices = cluster.indices()
        if templates or indices:
            yield from _unlike(cluster, templates, indices)
            yield from _unwell(cluster)
    except StoreError as error:
        yield str(error)


def _unlike(
    cluster: Cluster, templates: Mapping[str, Any], indices: Mapping[str, Any]
) -> Iterator[str]:
    """Tell what differs from what this bunco would make."""
    for group in GROUPS:
        alias = cluster.alias(group)
        if alias not in templates:
            yield f'the index template {alias} is missing: "bunco index create" installs it'
        elif templates[alias].get("version") != VERSION:
            yield (
                f"the index template {alias} has form {templates[alias].get('version')}, "
                f'this bunco knows {VERSION}: see "bunco index upgrade"'
            )
        theirs = {name: one for name, one in indices.items() if name.startswith(f"{alias}-")}
        if group != "posts" and not theirs:
            yield f'the index {alias} is missing: "bunco index create" makes it'
        for name, index in theirs.items():
            yield from _index_faults(group, name, alias, index)
        if alias in indices:
            yield f"{alias} is an index, not an alias: something else wrote there"


def _index_faults(group: Group, name: str, alias: str, index: Mapping[str, Any]) -> Iterator[str]:
    mapping = index["mappings"]
    if alias not in index["aliases"]:
        yield f"the index {name} is not behind {alias}: it is not read"
    if mapping.get("dynamic") != "strict":
        yield f"the index {name} was made without its template: its fields are guessed"
    fields = mapping.get("properties", {})
    for field, wanted in FIELDS[group].items():
        kind = fields.get(field, {}).get("type", "object" if field in fields else "missing")
        if kind != wanted["type"]:
            yield f"the index {name} has {field} as {kind} in place of {wanted['type']}"


def _unwell(cluster: Cluster) -> Iterator[str]:
    pattern = quote(f"{cluster.layout.prefix}-*")
    health = cluster.connection.request("GET", f"/_cluster/health/{pattern}")
    if health["status"] == "red":
        yield "some of the data cannot be reached: the health of the indices is red"
    settings = cluster.connection.request(
        "GET", f"/{pattern}/_settings/index.blocks.*", params={"flat_settings": "true"}
    )
    for name, found in sorted(settings.items()):
        if "true" in found["settings"].values():
            blocks = ", ".join(sorted(found["settings"]))
            yield f"the index {name} takes no writes ({blocks}): the disk may be full"
