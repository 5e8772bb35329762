"""Parameters that say where a reader came from, not what is on the page.

Source: the names that analytics, advertising and mail services document for their own
parameters, and those seen in shared links of the larger news sites.
"""

from functools import lru_cache

_NEVER, _BY_VALUE, _ALWAYS = range(3)

_PREFIXES = (
    "utm_", "mc_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "at_", "ns_", "trk_", "wt_",
    "wt.", "_hs", "oly_", "vero_", "guce_", "fb_", "ga_", "__twitter", "amp_", "hsct", "sc_",
    "rb_", "stm_", "otm_", "hmb_", "itm_", "int_", "xtor", "__cf_", "_bta_", "dm_i", "elq",
)  # fmt: skip
_NAMES_TEXT = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id
    igshid igsh epik srsltid mkt_tok _openstat s_cid s_kwcid wickedid cmpid cmp icid ncid
    ocid cvid ref ref_ ref_src ref_url refsrc referer referrer refid smid smtyp smprod emc
    partner feedname feedtype spm scm trk trkinfo sr_share soc_src soc_trk guccounter amp
    ampshare outputtype _ga _gl hss_channel campaign_id campaign rss feature si sfnsn
    mibextid rdt share shared_from share_id context_referer ftag ftcamp mbid curator dlvrit
    tag_id _r action_object_map action_type_map action_ref_map gs_l __s os_ehash wtrid echobox
    tracking_source usp wprss linkid hootpostid sref
    sharetype xid xcust clickid irclickid irgwc affid aff_id affiliate awc cjevent
"""
_NAMES = frozenset(_NAMES_TEXT.split())
_FROM_NAMES_TEXT = """
    from src source via track part feed ft cid mod output medium type
"""
_FROM_NAMES = frozenset(_FROM_NAMES_TEXT.split())
_FROM_VALUES_TEXT = """
    rss rss2 rssfeed rssfeeds feed feeds atom twitter tw facebook fb email mail newsletter
    share social sharing reddit twitter.com facebook.com widget top_stories
"""
_FROM_VALUES = frozenset(_FROM_VALUES_TEXT.split())


def without(query: str) -> str:
    """Give a query without tracking parameters, the rest sorted.

    >>> without("utm_source=x&id=7&from=rss&a")
    'a&id=7'
    """
    if not query:
        return ""
    return "&".join(sorted({pair for pair in query.split("&") if pair and not _tracks(pair)}))


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    verdict = _verdict(name)
    return verdict == _ALWAYS or (verdict == _BY_VALUE and value.lower() in _FROM_VALUES)


@lru_cache(4096)
def _verdict(name: str) -> int:
    name = name.lower()
    if name in _NAMES or name.startswith(_PREFIXES):
        return _ALWAYS
    return _BY_VALUE if name in _FROM_NAMES else _NEVER
