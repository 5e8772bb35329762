"""What sells a headline in Spanish, by what it does to the reader; accents are kept.

The lists were written from the training part of the Spanish corpus and from knowing the
language; its validation part was not read. The weight of each family is learnt
(``training/sensational.py``).
"""

FAMILIES: dict[str, str] = {
    "asking": """
        qué cómo cuál cuáles quién quiénes cuándo dónde cuánto cuánta cuántos cuántas cuán porqué
    """,
    "vague": """
        motivo motivos razón razones detalle detalles dato datos gesto mensaje respuesta reacción
        frase frases truco trucos lista listado curiosidad curiosidades historia historias método
        métodos carta consejo consejos clave claves tip tips cosas cosa señales error errores
        mito mitos lecciones lección formas maneras pasos guía todo preguntas respuestas ranking
        ideas remedio remedios beneficios signos hábitos opciones alternativas planes momentos
        momento anécdota fenómeno hallazgo desafío destino
    """,
    "this": "este esta estos estas esto así ese esa eso esos esas",
    "who": "lo los las quienes cuyo cuya",
    "news": """
        presidente ministro gobierno ministerio policía tribunal juez congreso senado casos
        muertos millones pesos dólares según anunció anuncia informó aprobó aprueba confirmó
        confirma murió muere detenido acuerdo ley elecciones fallecidos contagios economía
    """,
    "you": """
        te tu tus ti contigo vos tú usted ustedes podés puedes podrás debes deberías tenés tienes
        tendrás querés quieres sabés sabes sabías creés crees vas estás eres sos has hiciste
        viste conocías imaginas imaginás necesitas necesitás pierdas perdés pierda
    """,
    "order": """
        mirá mira mire conocé conoce conozca descubrí descubre descubra aprendé aprende aprenda
        enterate entérate entérese revisá revisa revise prográmese sepa elige elegí prueba probá
        evita evitá cuida tenga atención ojo cuidado recuerda recordá compruebe vea ve lee lea
        leé descarga comparte comparta sigue siga participa vota
    """,
    "we tell": """
        contamos explicamos mostramos decimos respondemos recordamos presentamos proponemos
        listamos repasamos analizamos desvelamos aquí acá repaso detallamos damos dejamos traemos
    """,
    "harsh": """
        duro dura duros duras durísimo durísima cruda crudo fuerte fuertes contundente rotundo
        rotunda brutal terrible tremendo tremenda feroz picante explosivo explosiva lapidario
        tajante demoledor demoledora dramático dramática drama trágico trágica triste amargo
        amarga fatal cruel desafortunado lamentable vergonzoso vergonzosa furioso furiosa bronca
        calvario infierno pesadilla vergüenza indignación infernal desesperado desesperada
        desesperante tenso tensa insulto insultos
    """,
    "scandal": """
        polémica polémico polémicas polémicos escandaloso escandalosa escándalo escándalos pelea
        cruce cruces chicana fulminó silencio regaño estalló explotó arremetió destrozó apuntó
        disparó liquidó bomba bochornoso bochorno desubicado acusaciones tensión crítica críticas
        furia guerra revancha venganza traición enfrentó tildó retó
    """,
    "odd": """
        insólito insólita insólitos insólitas increíble increíbles impactante impactantes
        impresionante impresionantes espectacular espectaculares escalofriante extraño extraña
        extraños extrañas raro rara raros raras curioso curiosa curiosas curiosos inesperado
        inesperada inesperados inesperadas sorprendente sorprendentes sorpresivo sorpresiva
        sorprendió sorprende sorpresa sorpresas asombroso asombrosa inexplicable inexplicables
        inquietante perturbador delirante loco loca alucinante peculiar particular singular
        llamativo llamativa extravagante enigmático enigma misterioso misteriosa misterio
        misterios fascinante desopilante atónitos inaudito único única inusual insospechado
        surrealista rocambolesca
    """,
    "secret": """
        secreto secreta secretos oculto oculta ocultos ocultas inédito inédita inéditas inéditos
        desconocido desconocida verdad verdadera verdadero mentira mentiras confesó confesión
        confesiones reveló revela revelan revelador revelación desveló detrás trasfondo trama
        intimidad íntimo íntima privado filtró filtran
    """,
    "feeling": """
        emotivo emotiva emotivos emocionante emoción emocionó conmovedor conmovedora conmovió
        desgarrador desgarradora lloró llorar lágrimas amor enamoró tierno tierna adorable
        divertido divertida gracioso graciosa reflexivo miedo feliz orgullo nostalgia corazón
        desató revolucionó enloqueció
    """,
    "gossip": """
        romance ruptura novio novia ex amante infidelidad celos desnudo desnuda sensual sexy hot
        atrevido atrevida bikini topless boda casamiento embarazo embarazada actriz modelo
        influencer famosos famosas famoso famosa celebridades vedette conductora look maquillaje
        instagram tiktok posó lució seguidores redes fans hija hijo pareja
    """,
    "best": """
        mejor mejores peor peores perfecto perfecta ideal infalible genial maravilloso maravillosa
        fantástico imperdible imperdibles imprescindible imprescindibles favoritos favorito top
        récord espectacular más menos primer única
    """,
    "viral": """
        viral virales viralizó memes meme video videos foto fotos imagen imágenes virgo horóscopo
        tarot
    """,
    "service": """
        receta recetas dieta adelgazar grasa piel pelo cabello ejercicio ejercicios alimentos
        síntomas síntoma beneficios remedio vitamina dormir sueño estudio salud cerebro cuerpo
        sexo mascotas perro perros gato gatos café hogar cocina series película películas netflix
        whatsapp iphone android app juego juegos videojuegos gratis barato consejos trucos tips
        claves
    """,
    "programme": """
        vivo minuto directo horario horarios hora canal tv ver dónde fecha calendario pronóstico
        clima resultados alineaciones posible posibles cuándo
    """,
}

_NUMBERS_TEXT = """
    dos tres cuatro cinco seis siete ocho nueve diez once doce quince
"""
NUMBERS = frozenset(_NUMBERS_TEXT.split())
"""Numbers that open a list, in words."""

PERIODS = frozenset(("años", "meses", "días", "horas", "minutos"))
"""What follows the number of a report, not of a list, and ends with an s."""

OF_WORD: dict[str, tuple[str, ...]] = {}
"""The families that each word belongs to."""

for _family, _text in FAMILIES.items():
    for _word in _text.split():
        OF_WORD[_word] = (*OF_WORD.get(_word, ()), _family)
