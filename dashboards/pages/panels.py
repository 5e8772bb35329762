"""A part of a page with its heading."""

from dashboards.pages.markup import Child, Markup, h


def panel(title: str, *parts: Child, about: Child = None) -> Markup:
    """Give a section with a heading, and something beside the heading."""
    name = "p-" + "".join(one if one.isalnum() else "-" for one in title.lower())
    head = h(
        "header",
        h("h2", title, id=name),
        h("span", about, class_="b-muted b-small") if about else None,
    )
    return h("section", head, *parts, class_="b-panel", aria_labelledby=name)
