"""What promoters say: sensational headlines, offers to join in, chain letters."""

from bunco.simulation.grammar import Grammar, words

_WORDS = {
    "crowd": words(
        "doctors | bankers | dentists | your boss | insurance companies | big retailers |"
        " trainers | landlords | dermatologists | the experts | airlines | teachers |"
        " tax advisers | supermarkets"
    ),
    "hero": words(
        "single mom of three | retired bus driver | 19-year-old student | broke waitress |"
        " shy librarian | grandmother of nine | night-shift nurse | former plumber |"
        " stay-at-home dad | village baker | 72-year-old widow | jobless welder | tired teacher |"
        " farm boy"
    ),
    "trick": words(
        "weird kitchen trick | 5-minute morning ritual | forgotten root | purple drink |"
        " secret phone setting | two-ingredient paste | ancient bean | simple breathing trick |"
        " strange coin habit | tiny gadget | lemon peel method | hidden button |"
        " old sailor's tonic | bedtime tea | one-page system | frozen spoon hack |"
        " blue salt routine | copper bracelet"
    ),
    "effect": words(
        "melts belly fat overnight | erases wrinkles in days | pays the rent on autopilot |"
        " doubles your battery | makes joint pain vanish | cuts power bills to almost zero |"
        " turns pennies into thousands | regrows hair in a week | ends snoring forever |"
        " cleans your liver while you sleep | wipes out debt legally | makes dogs obey instantly |"
        " brings money to your door | whitens teeth without a dentist | lets you retire at 40 |"
        " sharpens eyesight naturally | stops cravings cold | makes strangers trust you"
    ),
    "shock": words(
        "what happened next left everyone speechless | the result will shock you |"
        " number 4 changes everything | they tried to silence it | the photos are unbelievable |"
        " nobody is allowed to talk about this | you will cry at the end | I still can't breathe |"
        " the internet is losing its mind | yes, it is 100% legal | experts are furious |"
        " it disappears tonight | the last one is terrifying | her face says it all"
    ),
    "number": words("7 | 9 | 11 | 13 | 15 | 17 | 21 | 23 | 27 | 31"),
    "sign": words(
        "signs your heart is begging for help | foods that quietly poison you |"
        " secrets of rich families | things in your bathroom that attract money |"
        " mistakes that keep you poor | photos taken seconds too late |"
        " everyday habits that age you twice as fast | jobs that pay 500 a day from your couch |"
        " plants that bring wealth to a house | lies you were told about sugar |"
        " apps that pay you to sleep | reasons your neighbour suddenly drives a new car"
    ),
    "sum": words("300 | 450 | 500 | 780 | 900 | 1,200 | 2,400 | 3,700 | 5,000 | 8,150"),
    "span": words("a day | a week | every morning | per weekend | before breakfast | each month"),
    "product": words(
        "glow serum | detox drops | wellness shakes | energy patches | collagen gummies |"
        " trading robot | keto coffee | magnetic bracelets | essential oils | training academy |"
        " slimming tea | miracle mop"
    ),
    "dream": words(
        "fire your boss | be your own boss | travel while you earn | be home for your kids |"
        " build residual income | retire your husband | say goodbye to bills |"
        " live life on your terms"
    ),
    "seats": words(
        "3 spots left | only 5 places on my team | doors close tonight | first 10 get my guide free"
    ),
    "dm": words(
        "DM me INFO | message me | comment READY | text me the word FREE | link in bio |"
        " drop a heart"
    ),
    "friends": words(
        "5 friends | 7 people | 10 friends | 12 groups | 15 contacts | everyone you love"
    ),
    "deadline": words(
        "before midnight | within 24 hours | in the next 30 minutes | by tomorrow morning"
    ),
    "claim": words(
        "this message has gone around the world nine times | a nurse in my town started this |"
        " it was on the radio this morning | the company has confirmed it |"
        " the angel of fortune visits tonight | accounts that ignore this will be deleted |"
        " it is the last day of free messages | my cousin swore it is true"
    ),
    "luck": words(
        "good luck reaches you in four days | money comes to you this week |"
        " you will meet your true love | your account stays free for ever |"
        " a wish comes true at sunrise | a blessing falls on your house"
    ),
    "curse": words(
        "whoever breaks the chain loses ten years of luck | one man deleted it and lost his job |"
        " if you do not, your account will be closed | those who laughed regretted it |"
        " ignore it and seven bad years follow | nothing good comes to those who keep it"
    ),
}
HEADLINE = Grammar(
    """
    {crowd} hate this: {trick} {effect}
    You won't believe how this {hero} found a {trick} that {effect}
    This {trick} {effect}, and {shock}
    {number} {sign} ({shock})
    {hero} tries {trick} for a week: {shock}
    SHOCKING: {trick} {effect}, {crowd} beg you not to look
    How a {hero} makes {sum} {span} with one {trick}
    The {trick} that {crowd} don't want you to know: it {effect}
    {hero} reveals {number} {sign}
    Throw this out now! {number} {sign}, {shock}
    {sum} {span}? {hero} shows the {trick}, {shock}
    She drank this {trick} every night, {shock}
    """,
    _WORDS,
)
PITCH = Grammar(
    """
    I made {sum} {span} with our {product} and you can too. Ready to {dream}? {dm}, {seats}!
    Who wants to {dream}? My team earns {sum} {span} sharing {product}. {seats}. {dm}
    Looking for 3 motivated people to {dream}! No experience, just {product} and a phone. {dm}
    A year ago I was broke. Now {product} brings me {sum} {span}. Stop scrolling and {dm}, {seats}
    Ladies, our {product} sells itself! {sum} {span} from home, {dream}. {dm}
    Not a job, an opportunity: join my {product} family, {dream}, earn {sum} {span}. {seats}, {dm}
    """,
    _WORDS,
)
CHAIN = Grammar(
    """
    Forward this to {friends} {deadline} and {luck}. {claim}. {curse}!
    {claim}. Send it to {friends} {deadline}: {luck}. {curse}.
    Do not ignore! {claim}. Copy this to {friends} {deadline}; {curse}, but if you share, {luck}
    WARNING: {claim}. Pass this on to {friends} {deadline}, then {luck}. {curse}
    """,
    _WORDS,
)
BODY = Grammar(
    """
    {hero} tells it all: {trick} {effect}. {shock}.
    See it here first, {shock}. {seats}.
    The {trick} is real. {crowd} are nervous because it {effect}.
    """,
    _WORDS,
)
