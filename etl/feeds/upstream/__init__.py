"""Every feed, in the order in which a refresh asks them."""

from etl.feeds.declare import Feed
from etl.feeds.upstream import epoch, hubs, prices, rankings, registers

FEEDS: dict[str, Feed] = {
    f.name: f for module in (epoch, prices, rankings, hubs, registers) for f in module.FEEDS
}

__all__ = ["FEEDS"]
