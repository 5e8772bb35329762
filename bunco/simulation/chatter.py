"""What people say to each other: short posts, answers, comments on a link, live commentary."""

from bunco.simulation.grammar import Grammar, words
from bunco.simulation.places import TOWNS

_WORDS = {
    "town": TOWNS,
    "opening": words(
        "today | this morning | finally | so | okay | well | last night | on the way home |"
        " honestly | update: | small joy: | note to self: | after lunch | before work |"
        " quiet evening here, | third coffee and | weekend plan: | confession: | guess what, |"
        " apparently | yesterday | at long last | rainy day, so | still half asleep and |"
        " since Tuesday"
    ),
    "did": words(
        "repotted the basil | fixed the bicycle chain | baked rye bread | missed the early train |"
        " cleaned the attic | found my old slide rule | walked the canal loop |"
        " finished the puzzle | saw two herons | painted the shed door | tried the new bakery |"
        " lost at chess again | sorted the bookshelf | planted garlic | learned a card trick |"
        " swam in the lake | made far too much soup | got the radio working |"
        " dug out the snow boots | burnt the rice | patched my favourite jumper |"
        " watched the moon rise | wrote to my aunt | met the new puppy | climbed the water tower |"
        " returned overdue books | ran my first ten kilometres | rebuilt the garden wall |"
        " untangled the fairy lights | photographed frost on the reeds |"
        " taught the kids to whittle | cancelled three meetings | tuned the piano | picked sloes |"
        " mended the tent | counted swifts | drew a map of the allotment | broke the good teapot |"
        " hung the wallpaper upside down | queued for stamps | bottled the plum jam |"
        " cut my own hair"
    ),
    "and": words(
        "and I regret nothing | and the cat judged me | and now my back hurts |"
        " which took four hours | with more luck than skill | and nobody noticed |"
        " so dinner is late | and it almost worked | and slept like a stone |"
        " thanks to my neighbour | before the rain came | and want to do it again |"
        " though the manual disagreed | and there is proof | but lost a glove |"
        " and felt ten years younger | while the dog supervised | and found a coin from 1962 |"
        " without a single plan | just as the sun came out | and it smells wonderful |"
        " in wet socks | for the first time ever | and the neighbours clapped | despite the wind |"
        " and only swore twice | with borrowed tools | and forgot the time completely |"
        " so the day is saved | and the result is crooked"
    ),
    "thing": words(
        "sourdough starter | the 7:14 train | my knee | this crossword | the new bus timetable |"
        " our printer | the library app | oat milk | the neighbour's rooster | my bicycle lamp |"
        " that documentary | the compost heap | my fountain pen | the ferry | the garden snail |"
        " the chess clock | a paper map | the office kettle | my left sock | the town choir |"
        " my sewing machine | this fog | a cardamom bun | the big spreadsheet |"
        " the smallest tomato | board game night | the dentist | my old camera | the broken lift |"
        " that one pigeon | my inbox | the allotment waiting list"
    ),
    "feels": words(
        "gives me hope | is beyond me | deserves a medal | needs a holiday | has opinions |"
        " will outlive us all | gets worse every week | made me laugh out loud |"
        " is oddly calming | costs more than rent | saved my Monday | has betrayed me again |"
        " is a work of art | should be taught in school | keeps me up at night |"
        " was not built for humans | makes a strange noise | surprised everyone |"
        " smells of victory | is better than its reputation"
    ),
    "ask": words(
        "does anyone know how to mend | who else gave up on | any tips for |"
        " can somebody explain | is it just me or is everyone tired of | what do you do about |"
        " how long should one keep | where do people buy | would you trade a weekend for |"
        " has anybody made peace with"
    ),
    "close": words(
        "asking for a friend | see you in the garden | more tomorrow | photos later |"
        " no further questions | back to work | that is all | tea now | send biscuits |"
        " not sorry | happy Friday | good night | wish me luck | to be continued | the end |"
        " pictures if the light holds | we will see"
    ),
    "reply": words(
        "oh that is lovely | same here | no way | I had the opposite experience |"
        " try it with vinegar | thank you for this | which size did you use | where was that |"
        " my gran swore by it | agreed | not in my town | that happened to us in spring |"
        " good luck | this made my day | wait for the rain | I would not risk it |"
        " second photo please | count me in | did it hold | congratulations | I doubt it |"
        " try turning it around | ask at the hardware shop | what a view | poor thing"
    ),
    "comment": words(
        "worth a read | this is close to my street | about time | not sure what to think |"
        " my old school is in there | good summary | surprised by the last paragraph |"
        " who decided this | well done everyone | read to the end | they should have asked us |"
        " saving this for later | my brother works there | hope it lasts |"
        " finally some good news | so it begins"
    ),
    "live": words(
        "they are coming out now | second half under way | what a save | rain has started |"
        " nobody expected that | the choir is late again | the vote is being counted |"
        " stage lights just failed | here comes the parade | the boat has turned | huge applause |"
        " silence in the hall | referee checks his watch | the first speaker goes over time |"
        " sparks from the old engine | the lead changes | that was the closest one yet |"
        " tea break | the drummers are back | three more to go | a dog has joined the race |"
        " the mayor drops the ribbon | smoke from the grill | we can see the top"
    ),
}
POST = Grammar(
    """
    {opening} {did} {and}.
    {opening} {did} in {town} {and}.
    {did} {and}. {close}
    {opening} {thing} {feels}. {close}.
    {thing} {feels}, and {thing} {feels}
    {ask} {thing}? {opening} it {feels}.
    {opening} {did}. {thing} {feels}.
    {ask} {thing}? {thing} {feels}, {close}
    from {town} to {town} on foot, {did} {and}
    {thing} or {thing}, which one? mine {feels}
    {opening} I {did} {and}, {close}
    if {thing} {feels}, then {did} {and}
    """,
    _WORDS,
)
REPLY = Grammar(
    """
    {reply}, {thing} {feels}
    {reply}! {opening} {thing} {feels}
    {reply}. {opening} I {did} {and}
    {ask} {thing} though? {reply}
    {reply}; {reply}. {thing} {feels}
    {reply}, we {did} {and}
    """,
    _WORDS,
)
COMMENT = Grammar(
    """
    {comment}:
    {comment}, {comment}:
    {opening} {comment}.
    {comment} ({close})
    """,
    _WORDS,
)
LIVE = Grammar(
    """
    {live}, {thing} {feels}. {live}
    {live}! {live}, {live}
    {town}: {live} and {live}, {comment}
    {live}, {opening} {live}, {close}
    {opening} {live}. {comment}, {thing} {feels}
    """,
    _WORDS,
)
TOPIC = Grammar(
    """
    {thing} and {thing}
    why {thing} {feels}
    how we {did}
    a visit to {town}
    listeners ask about {thing}
    the year we {did} in {town}
    """,
    _WORDS,
)
