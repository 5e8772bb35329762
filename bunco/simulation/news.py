"""Headlines of news outlets in English, Spanish and German, and lines below them."""

from bunco.simulation.grammar import Grammar, words
from bunco.simulation.places import ORTE, PUEBLOS, TOWNS

_ENGLISH = {
    "town": TOWNS,
    "town2": TOWNS,
    "body": words(
        "council | planning board | harbour authority | school board | fire service |"
        " bus company | bakers' guild | city library | museum | hospital | teachers' union |"
        " dairy co-operative | court | police | housing office | water company | rail union |"
        " traders' league | parents' council | tenants' league | youth parliament | theatre |"
        " observatory | university | food bank | ferry crew | road office | power utility |"
        " shipyard | wine cellar | forest service | coast guard | tax office | zoo | orchestra |"
        " refugee centre | hotel guild | student council | nurses' union | archive society |"
        " mayor | opposition | veterans' club | fishing fleet | choir | airport | lifeboat crew |"
        " landlords' club | botanic garden | brewery"
    ),
    "does": words(
        "approves | delays | scraps | reopens | doubles funding for | votes against | unveils |"
        " defends | questions | postpones | halves | sells | demolishes | extends | inspects |"
        " welcomes | blocks | takes over | plans | budgets 2 million for | gives up | tests |"
        " moves | renames | restores | closes | audits | shortens | hands back | suspends |"
        " calls for | hires architects for | loses appeal over | wins prize for |"
        " seeks donors for | publishes report on | apologises for | rejects petition on |"
        " agrees on | withdraws"
    ),
    "thing": words(
        "cycle lanes along the river | a new flood wall | the covered market | night buses |"
        " free school meals | the old grain store | a tram line to the hills | rent limits |"
        " the lighthouse museum | winter gritting | a solar roof on the depot | parking fees |"
        " the swimming lake | rules for delivery robots | a bridge for wildlife |"
        " the town archive | noise limits at the quarry | an indoor skate park |"
        " the weekly flea market | tree felling | plans for 300 flats | a second ferry pier |"
        " the music school | heating vouchers | the railway crossing | water meters |"
        " a wind farm offshore | speed cameras | the youth hostel | an allotment site |"
        " street lamps | a maternity ward | dog licences | the open-air cinema |"
        " mosquito control | broadband for villages | the fish auction | a crematorium |"
        " the bell tower | seaside toilets | a refugee shelter | recycling bins |"
        " the observatory dome | hedge trimming rules | a gravel pit | the puppet theatre |"
        " fees for graves | a new fire engine | holiday lets | the canal towpath |"
        " the town clock | public fountains | a women's shelter | e-scooter zones |"
        " barley subsidies | the ice rink | a coding club | the peat bog reserve |"
        " bakery opening hours | the signal box | a gas pipeline | the carnival route |"
        " lead pipes | a drone landing pad | beach huts | the courthouse roof | a truck ban |"
        " vaccine clinics | the sugar mill | mobile classrooms"
    ),
    "why": words(
        "after two years of talks | before the summer season | despite complaints about noise |"
        " as costs climb | in close vote | following a storm | ahead of local elections |"
        " with help from volunteers | over safety fears | for third time | citing falling demand |"
        " after auditors' warning | amid staff shortage | to save 400,000 a year | until spring |"
        " in bid to draw visitors | after a burst pipe | while inquiry goes on |"
        " at half the price | as tourists return | on advice of engineers |"
        " after rare bats are found | by narrow margin | without debate | following court ruling |"
        " under new owner | in memory of its founder | to mark centenary | as drought bites |"
        " over missing permits | after 11-hour meeting | in test phase | from next Monday |"
        " against wishes of residents | with borrowed money | following fire in kitchen |"
        " as supplier goes bankrupt | to cut emissions | after a letter from children |"
        " because of subsidence | once snow has melted | in exchange for land |"
        " pending legal advice | as rival towns watch | after ten years | for want of a roof |"
        " with county's blessing | to calm traffic | as part of merger"
    ),
    "team": words("Rovers | Athletic | Wanderers | Harriers | United | Swifts | Mariners | Town"),
    "beats": words(
        "edge past | hold | stun | fall to | share points with | knock out | outlast | thrash |"
        " come from behind against | lose late to | salvage draw with"
    ),
    "how": words(
        "in rain-soaked derby | on penalties | with ten players | in front of record crowd |"
        " after floodlights fail | thanks to teenage keeper | in season opener |"
        " at muddy home ground | with last kick | despite early red card | to go top |"
        " and drop to bottom | in cup replay | after 40-year wait | as coach bows out |"
        " behind closed doors"
    ),
    "who": words(
        "geologists | marine biologists | economists | historians | bee researchers | physicists |"
        " engineers | linguists | botanists | astronomers | chemists | archaeologists |"
        " climate scientists | nutritionists | statisticians | vets | ornithologists |"
        " sleep experts"
    ),
    "find": words(
        "map | find traces of | measure | rule out | puzzle over | date | simulate | sequence |"
        " photograph | track | explain | recover | report decline in | warn about |"
        " revise estimate of"
    ),
    "matter": words(
        "meltwater under the glacier | a drowned forest | lichen on power lines | iron-age kilns |"
        " wage gaps in rural towns | the song of male wrens | tiny quakes near the dam |"
        " eel migration | dust from far deserts | medieval tax rolls | soil fungi |"
        " a faint comet | plastic in mussels | dialects of the coast | owl pellets |"
        " drought scars in oak rings | cave paintings | the spread of mistletoe | radio bursts |"
        " salt in wells | old shipworm damage | river foam | winter deaths among hares |"
        " pollen from lost orchards | ash layers | heat in city courtyards"
    ),
    "where": words(
        "off the northern coast | below the old town | in a disused mine | at 2,400 metres |"
        " along the estuary | across nine counties | in museum drawers | near the border |"
        " after dry winter | with borrowed satellite | using hobby recordings | on the high moor |"
        " in deep lake mud | under motorway | in three-year study | at night"
    ),
    "trouble": words(
        "lorry spills cider | signal failure halts trains | fallen poplar blocks main road |"
        " power cut darkens centre | burst main floods cellars | fog closes airport |"
        " goats stray onto runway | barge wedges under bridge | gas smell empties school |"
        " lightning strikes steeple | landslip cuts coast road | cyber attack shuts town hall |"
        " kitchen fire damages inn | missing walker found alive | stolen tractor recovered |"
        " unexploded shell found in garden | swans delay regatta | crane topples at docks"
    ),
    "then": words(
        "no one hurt | delays until evening | repairs may take weeks | two taken to hospital |"
        " cause unclear | neighbours help out | police ask for witnesses | detour signposted |"
        " school closed on Friday | crews work through night | damage put at 90,000 |"
        " residents told to boil water | insurer sends expert | mayor thanks volunteers"
    ),
}
ENGLISH = Grammar(
    """
    {town} {body} {does} {thing} {why}
    {town} {body} {does} {thing}
    {body} of {town} {does} {thing} {why}
    {town}: {body} {does} {thing} {why}
    {town} and {town2} argue over {thing} {why}
    {why}, {town} {body} {does} {thing}
    {thing}: what {town} {body} wants {why}
    {town} {team} {beats} {town2} {how}
    {town} {team} {beats} {town2} {team} {how}
    {who} {find} {matter} {where}
    {who} from {town} {find} {matter} {where}
    {trouble} in {town}, {then}: {body} {does} {thing}
    {town} {body} remembers {matter} {where} {why}
    """,
    _ENGLISH,
)
BELOW = Grammar(
    """
    The decision came {why}, the {body} said. {town} pays a third of the cost.
    A spokesperson for the {body} in {town} spoke of "a step that was overdue". {then}.
    {body} and {who} will meet again in {town} {why}.
    Officials in {town} expect first results {why}; the {body} wants to wait.
    In {town}, {body} and {body} disagree about {thing}.
    More on {thing} and what it means for {town} in our weekend edition.
    """,
    {**_ENGLISH, "then": tuple(then[:1].upper() + then[1:] for then in _ENGLISH["then"])},
)

SPANISH = Grammar(
    """
    {quien} de {pueblo} {hace} {cosa} {causa}
    {pueblo}: {quien} {hace} {cosa} {causa}
    {quien} {hace} {cosa} en {pueblo} {causa}
    {causa}, {quien} de {pueblo} {hace} {cosa}
    """,
    {
        "pueblo": PUEBLOS,
        "quien": words(
            "el ayuntamiento | la cofradía de pescadores | el hospital | la biblioteca |"
            " el instituto | la universidad | el puerto | la audiencia | el museo | la oposición |"
            " la cooperativa agraria | el gremio del taxi | la junta vecinal | la diputación |"
            " la patronal | el teatro municipal | el parque de bomberos | la guardia forestal |"
            " el mercado | la bodega comarcal | la empresa de aguas | el consejo escolar |"
            " el observatorio | la banda municipal"
        ),
        "hace": words(
            "aprueba | aplaza | rechaza | amplía | inaugura | cierra | recupera | vende | revisa |"
            " exige | presenta | abandona | financia | defiende | traslada | suspende | estudia |"
            " renueva | denuncia | limita | celebra | retira | subasta | paraliza"
        ),
        "cosa": words(
            "el carril bici junto al río | la ampliación del muelle | el comedor escolar |"
            " las obras del puente viejo | la tasa de basuras | el festival de verano |"
            " la línea nocturna de autobús | un parque solar | el archivo histórico |"
            " la venta del molino | las viviendas de alquiler | el censo de olivos |"
            " la piscina cubierta | el desvío de camiones | la reforma de la plaza |"
            " los huertos urbanos | la depuradora | el mercado del viernes |"
            " un refugio de montaña | la estación de tren | las fiestas de otoño |"
            " el plan contra la sequía"
        ),
        "causa": words(
            "tras dos años de espera | por falta de fondos | antes del verano | con un solo voto |"
            " pese a las protestas | después del temporal | por motivos de seguridad |"
            " sin debate | con ayuda de voluntarios | tras una sentencia | a petición popular |"
            " por tercera vez | ante la subida de precios | hasta la primavera |"
            " por un error de medición | a mitad de precio | con fondos europeos |"
            " para reducir el ruido"
        ),
    },
)

GERMAN = Grammar(
    """
    {wer} in {ort} {tut} {was} {warum}
    {ort}: {wer} {tut} {was} {warum}
    {warum}: {wer} aus {ort} {tut} {was}
    {ort}: {wer} und {wer} streiten über {was} {warum}
    """,
    {
        "ort": ORTE,
        "wer": words(
            "Stadtrat | Hafenamt | Klinikum | Bücherei | Bäckerinnung | Bauausschuss | Feuerwehr |"
            " Landgericht | Museum | Opposition | Molkerei | Busbetrieb | Mieterverein | Theater |"
            " Forstamt | Wasserwerk | Universität | Tierpark | Elternbeirat |"
            " Winzergenossenschaft | Sternwarte | Schützenverein | Pflegedienst | Handwerkskammer"
        ),
        "tut": words(
            "beschließt | verschiebt | kippt | prüft | verteidigt | verkauft | erneuert |"
            " fordert | bewirbt | eröffnet | verlängert | halbiert | stoppt | plant | saniert |"
            " begrüßt | kritisiert | verwirft | feiert | übernimmt | schließt | bezuschusst"
        ),
        "was": words(
            "den Radweg am Fluss | die neue Flutmauer | das Freibad | die Nachtbusse |"
            " den Umbau des Kornspeichers | die Parkgebühren | den Windpark | die Tempobremse |"
            " das Stadtarchiv | die Markthalle | den Kiesabbau | die Musikschule |"
            " das Schulessen | die Fähre | den Weihnachtsmarkt | die Sirenen | das Moorgebiet |"
            " die Straßenlaternen | den Bahnübergang | die Kurtaxe | das Jugendzentrum |"
            " die Hundesteuer"
        ),
        "warum": words(
            "nach zwei Jahren Streit | aus Geldmangel | vor der Sommersaison | trotz Protesten |"
            " nach dem Sturm | mit knapper Mehrheit | aus Sicherheitsgründen | ohne Aussprache |"
            " mit Hilfe von Freiwilligen | nach Gerichtsurteil | zum dritten Mal |"
            " bis zum Frühjahr | wegen Personalnot | zur Hälfte des Preises |"
            " auf Rat der Gutachter | zum hundertsten Jubiläum | wegen steigender Kosten |"
            " nach Rohrbruch"
        ),
    },
)
