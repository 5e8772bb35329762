"""The names of saved objects and their pieces: the same with every export."""

from uuid import UUID, uuid5

from dashboards.kibana.forms import Dashboard, Panel, Search, View

_OURS = UUID("1f4b7c1e-6a54-5a0b-9d0e-3d1f5b0c7a42")


def view_id(view: View, prefix: str) -> str:
    """Give the id of a data view: the alias it shows."""
    return f"{prefix}-{view.name}"


def search_id(search: Search, prefix: str) -> str:
    """Give the id of a saved search."""
    return f"{prefix}-search-{search.name}"


def dashboard_id(name: str, prefix: str) -> str:
    """Give the id of a dashboard."""
    return f"{prefix}-{name}"


def panel_id(dashboard: Dashboard, panel: Panel) -> str:
    """Give the id of a panel; its title is its name within a dashboard."""
    return piece_id(dashboard.name, panel.title)


def piece_id(*path: str) -> str:
    """Give the id of a piece of a dashboard by the way to it.

    >>> piece_id("live", "Bursts") == piece_id("live", "Bursts")
    True
    """
    return str(uuid5(_OURS, "/".join(path)))
