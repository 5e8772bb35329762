"""Invented towns, sites and meeting places: nothing here exists."""

from bunco.simulation.grammar import words

TOWNS: tuple[str, ...] = tuple(
    first + last
    for first in words(
        "Alder | Amber | Ash | Birch | Bracken | Bramble | Cinder | Clover | Cold | Copper | Dun |"
        " East | Elder | Fern | Flint | Glen | Gorse | Harrow | Hazel | Heron | Iron | Juniper |"
        " Kestrel | Larch | Linden | Marl | Mere | Nether | North | Oak | Otter | Pine | Quill |"
        " Raven | Rook | Sedge | Stone | Tarn | Thorn | Umber | Wether | Yarrow"
    )
    for last in words(
        "wick | mouth | ford | bridge | haven | dale | combe | stead | worth | holm | ridge |"
        " field | minster | quay | gate | moor | well | burn | cross | cliff | port | fold"
    )
)
PUEBLOS: tuple[str, ...] = tuple(
    f"{first} {last}"
    for first in words(
        "Villar | Puente | Fuente | Monte | Valle | Peña | Torre | Huerta | Ribera | Costa |"
        " Campo | Molino | Puerto | Arroyo | Loma | Cuesta"
    )
    for last in words(
        "del Olmo | de la Encina | Alto | del Cierzo | de las Garzas | Seco | del Trigo |"
        " de Cobre | de la Niebla | Verde | del Tomillo | de los Grillos | Claro | del Castaño"
    )
)
ORTE: tuple[str, ...] = tuple(
    first + last
    for first in words(
        "Erlen | Birken | Ginster | Hasel | Kranich | Linden | Mohn | Nebel | Otter | Pappel |"
        " Quell | Raben | Schilf | Tannen | Ulmen | Wacholder"
    )
    for last in words(
        "au | bach | brück | fels | furt | grund | hausen | heide | kirch | moos | münde | rode |"
        " stedt | tal"
    )
)

INSTANCES = words(
    "meadow.example | lantern.example | harbour.example | commons.example.org |"
    " quill.example.net | orchard.example | tidepool.example | workshop.example.com"
)
"""Hosts of ``mastodon:name@host``."""

INTERESTS = words(
    "gardening | baking | trains | birdwatching | woodwork | astronomy | cycling | chess |"
    " knitting | photography | hiking | films | boardgames | vintage radios | home repair | maps |"
    " pottery | sailing | local history | running | beekeeping | synthesizers | sketching |"
    " languages"
)
MARKETS = words(
    "deals | side income | weight loss | crypto talk | home business | beauty finds | mom life |"
    " freebies | investing for all | healthy living | coupons | motivation"
)
"""Where promoters go."""

SHOPS = words(
    "glow-today.example | best-offers.example.com | freedom-income.example |"
    " wonder-drops.example | smart-wallet-tips.example | one-weird-page.example.net |"
    " viral-corner.example | daily-amaze.example.org | slim-fast-secret.example |"
    " vip-circle.example | get-it-now.example | truth-they-hide.example | golden-leads.example |"
    " click-surprise.example.net"
)
PAPERS = words(
    "courier | herald | gazette | chronicle | observer | post | times | echo | journal | tribune |"
    " dispatch | examiner | mercury | sentinel | star | review"
)
