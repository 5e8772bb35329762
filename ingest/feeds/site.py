"""Name the site an address belongs to."""

from bunco.text.address import host


def site(address: str) -> str:
    """Give the host of an address in lower case, without www. and any port; "" for none.

    One machine that serves pages on several ports is one publisher.
    """
    name = host(address)
    return name if name.count(":") > 1 else name.partition(":")[0]
