"""The words and phrases that sell a headline, by what they do to the reader.

English and Spanish; lower case, without accents and apostrophes, as ``cues`` sees them. The
weight of a family is learnt (``training/sensational.py``), the lists are ours.
"""

FAMILIES: dict[str, str] = {
    "curiosity gap": """
        secret secrets hidden truth reveal reveals revealed exposed surprise surprises surprised
        surprising surprisingly theory theories mystery mysteries mysterious unexplained
        unsolved strange strangest weird weirdest weirdly bizarre creepy creepiest guess
        imagine happened happens reason reasons explains signs
        wont_believe what_happened_next what_happens_next happens_when happened_when
        you_didnt_know you_never_knew didnt_know_existed youve_never you_probably
        you_need_to_know need_to_know this_is_why this_is_what this_is_how heres_why heres_what
        heres_how here_are heres_the the_reason the_truth_about the_real_reason no_one_knows
        nobody_knows never_guess can_you_guess cant_guess find_out how_to_tell what_it_means
        caught_on_camera in_real_life not_what_you one_thing the_one
        secreto secretos misterio misteriosa misterioso verdad razones motivos descubre
        descubra revelan revela enterate_de esto_es asi_es asi_fue asi_se por_que_no
        no_creeras lo_que_paso que_paso lo_que_debes lo_que_debe que_significa te_contamos
        le_contamos estas_son estos_son esta_es conozca conoce sabias_que el_motivo la_razon
        curiosa curioso insolito insolita inesperada inesperado sorprendente sorprende
        sorprendio sorpresa
    """,
    "list": """
        things ways facts tips times moments pics pictures images gifs tweets memes quotes
        items products gifts ideas recipes riddles celebrities celebs struggles thoughts tricks
        hacks lies myths mistakes stages types kinds photos questions transformations
        confessions illusions places stuff
        cosas trucos claves consejos curiosidades formas maneras frases
    """,
    "hyperbole": """
        amazing amazingly incredible incredibly insane insanely shocking shocked shock epic
        unbelievable unbelievably crazy craziest terrifying scary scariest horrifying stunning
        gorgeous breathtaking perfect perfectly awesome genius brilliant ridiculous
        ridiculously outrageous extreme extremely extraordinary unexpected legendary iconic
        magical phenomenal spectacular savage badass powerful deadliest dangerous greatest
        rarest coolest smartest dumbest stupidest stupid luckiest richest impossible
        inspiring magnificent satisfying oddly fascinating fantastic glorious unforgettable
        priceless mesmerizing humiliating brutal brutally ultimate totally absolutely literally
        actually seriously completely definitely truly jaw_dropping mind_blowing mindblowing
        blow_your_mind blew_my_mind gone_wrong of_all_time in_the_world like_never_before
        will_make_you will_change will_leave
        increible increibles impactante impactantes impresionante impresionantes espectacular
        escalofriante brutal viral polemica polemico
    """,
    "superlative": """
        best worst biggest most ever top weirdest funniest hottest sexiest cutest ugliest
        you_ever youll_ever youve_ever all_time
        mejor mejores peor peores
    """,
    "emotion": """
        love hate cry crying laugh laughing feels feel feeling obsessed relatable mood omg wtf
        lol hilarious hilariously funny adorable adorably cute awkward embarrassing
        heartwarming heartbreaking disturbing gross disgusting nightmare delicious dreamy sexy
        drunk boyfriend girlfriend crush nailed fail fails prank pranks challenge compilation
        reaction reactions try_not_to melt_your_heart restore_your_faith
        emotivo emotiva conmovedor conmovedora divertido hermosa
    """,
    "you": """
        you your youre youve youll youd yourself yours
        tu tus te ti usted ustedes
    """,
    "forward reference": """
        this these heres
        esto estos estas
    """,
    "absolute": """
        must should never always every everyone everybody nobody cant wont dont didnt doesnt
        isnt need everything nothing anyone
        debes nunca siempre jamas nadie todo_lo
    """,
    "quiz": """
        quiz quizzes personality zodiac based_on_your how_well_do how_many_of are_you can_you
        do_you would_you should_you which_of what_kind_of what_type_of who_said can_we
        could_you have_you did_you
    """,
    "people": """
        guy man woman girl girls dad mom kid kids baby babies dog dogs cat cats puppy puppies
        kitten people guys women celebrity stars strangers
    """,
    "storytelling": """
        that who will makes make made knows looks look looked gets got being
    """,
    "first person": "i my me we our us im ive mine myself mi nos nuestro",
    "talk": """
        u ur r n lol haha hahaha lmao thanks thank thx gonna wanna gotta pls plz ok okay hey hi
        hello yeah yes yep nope well bye morning night gud dear babe dude bro ya yo oh ah hmm
        ill ive id got going lunch dinner tomorrow tonite later soon sorry hope happy birthday
        rt dm jaja jajaja gracias hola buenos dias feliz saludos amigo amigos
    """,
    "urgency": """
        hurry now_or_never before_its_too act_now limited_time only_today today_only last_chance
        dont_miss must_see must_watch must_read watch_this watch_now read_this share_this
        click_here going_fast spots_left ends_tonight right_now before_you breaking
        no_te_pierdas ultima_hora ultimas_horas cuidado ojo atencion
    """,
    "forbidden knowledge": """
        the_real_reason the_real_truth the_truth_about the_shocking_truth the_dark_truth
        the_dark_side the_hidden_truth doesnt_want_you dont_want_you doesnt_want_us
        dont_want_us they_dont_want wont_tell_you never_tell_you not_telling_you
        isnt_telling_you arent_telling_you never_told_you nobody_tells_you
        no_one_tells_you nobody_is_talking no_one_is_talking nobody_talks_about
        no_one_talks_about what_they_found what_they_did_next what_he_did_next
        what_she_did_next what_came_next what_really_happened big_pharma mainstream_media
        deep_state cover_up covering_up hiding_from_you hiding_something must_never
        should_never stop_doing_this stop_eating never_eat never_drink left_speechless
        everyone_speechless are_speechless beg_you begging_you experts_baffled
        scientists_baffled doctors_baffled doctors_stunned experts_stunned
        scientists_stunned doctors_speechless scientists_shocked doctors_shocked
        experts_shocked insider_says insiders_say wake_up_people before_they_delete
        before_its_deleted before_this_is_deleted they_deleted gets_deleted taken_down_soon
        la_verdad_sobre no_quieren_que lo_que_no_te lo_que_nadie
    """,
    "money claim": """
        millionaire millionaires billionaire riches make_money making_money earn_money
        extra_income passive_income extra_cash free_money work_from_home from_home
        financial_freedom quit_your_job get_rich a_day_from per_day for_free giveaway
        side_hustle fast_cash easy_money be_your_own money_online
        ganar_dinero dinero_extra gana_dinero desde_casa gratis
    """,
    "miracle claim": """
        miracle miraculous cure cures detox remedy remedies fat belly_fat lose_weight
        weight_loss burn_fat one_weird weird_trick this_trick simple_trick doctors_hate
        anti_aging years_younger overnight instantly guaranteed melts shrink
        milagro milagroso bajar_de_peso adelgazar remedio remedios antiedad
    """,
}

_OPENINGS_TEXT = """
    what which who how why when where if this these heres here watch meet someone que como
    cual cuales quien por cuando donde asi esta este estas estos
"""
OPENINGS = frozenset(_OPENINGS_TEXT.split())
"""First words that promise instead of telling."""

_UNITS_TEXT = """
    killed dead die dies died percent pct million billion trillion bn mln year years yr
    injured hurt wounded shot arrested charged held feared soldiers troops pounds points
    hours weeks others detained missing rescued miners workers muertos heridos millones anos
    detenidos casos
"""
UNITS = frozenset(_UNITS_TEXT.split())
"""What follows the number of a report, not of a list."""
