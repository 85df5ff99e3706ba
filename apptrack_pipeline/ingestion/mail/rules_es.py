"""How mail about jobs speaks in Spanish."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.rules import Guard, Rule, rule

_CONFIRMATION = MailCategory.CONFIRMATION
_REJECTION = MailCategory.REJECTION
_INTERVIEW = MailCategory.INTERVIEW
_ASSESSMENT = MailCategory.ASSESSMENT
_OFFER = MailCategory.OFFER
_OUTREACH = MailCategory.RECRUITER_OUTREACH
_FOLLOWUP = MailCategory.FOLLOWUP_OTHER
_ALERT = MailCategory.JOB_ALERT
_NOT_JOB = MailCategory.NOT_JOB

_APPLICATION = (
    r"(?:candidatura|solicitud|postulacion|aplicacion|inscripcion|curriculum|cv|hoja de vida|perfil)"
)
_TEST = (
    r"(?:pruebas?|tests?|evaluacion(?:es)?|ejercicios?|casos? practicos?|retos?|examen|cuestionarios?"
    r"|desafios?|assessment)"
)
_TALK = r"(?:entrevistas?|llamada|videollamada|reunion|conversacion|cita|charla)"

RULES: Final[tuple[Rule, ...]] = (
    rule(
        "es.rejection.not_selected",
        _REJECTION,
        7,
        r"\b(?:no|sin)\b(?:,? \S+){0,6}? (?:seleccionad\w+|seleccionar\w*|elegid\w+|escogid\w+"
        r"|avanzar\w*|avanza\w*|continuar\w*|continua\w*|seguir\w*|seguira\w*|seguiremos|adelante"
        r"|considerad\w+|proseguir\w*|prosperad\w+|superad\w+|contar (?:contigo|con usted))\b",
        context=1.5,
    ),
    rule(
        "es.rejection.other_candidates",
        _REJECTION,
        7,
        r"\b(?:otr[oa]s?|distint[oa]s?)\b(?:,? \S+){0,2}? ?(?:candidat\w+|perfil\w*|personas?"
        r"|aspirantes?|postulantes?)\b|\b(?:candidat\w+|perfil\w*"
        r"|personas?)\b(?:,? \S+){0,5}? (?:se (?:ajust\w+|adapt\w+|adecu\w+|acerc\w+)|encaj\w+"
        r"|cumpl\w+) (?:\S+ ){0,3}?(?:mas|mejor)\b|\bcandidat\w+ intern\w+",
        context=1.5,
    ),
    rule(
        "es.rejection.regret",
        _REJECTION,
        5,
        r"\blament\w+|\bdesafortunadamente|\bpor desgracia|\b(?:sentimos"
        r"|siento) (?:\w+ ){0,2}?(?:comunicar|informar|decir|tener)|\binfortunadamente",
    ),
    rule(
        "es.rejection.filled",
        _REJECTION,
        6,
        r"\b(?:vacante|puesto|oferta|posicion|proceso|plaza)\b(?:,? \S+){0,8}? (?:cubiert\w+|cerrad\w+"
        r"|cancelad\w+|ya no (?:esta|se encuentra) (?:\w+ )?(?:disponible|activ\w+|abiert\w+))"
        r"|\bdescartad\w+|\bproceso (?:\S+ ){0,4}?ha finalizado",
    ),
    rule(
        "es.rejection.no_match",
        _REJECTION,
        5,
        r"\bno\b(?:,? \S+){0,5}? (?:se ajust\w+|encaj\w+|se adecu\w+|cumpl\w+|correspond\w+|se adapt\w+)\b",
    ),
    rule(
        "es.rejection.soft",
        _REJECTION,
        2.5,
        r"\b(?:dese\w+|mucha|mucho)\b(?:,? \S+){0,6}? (?:suerte|exitos?|mejor)\b|\b(?:base de datos"
        r"|bolsa de (?:trabajo|empleo|talento))|\bfutur[oa]s (?:\w+ )?(?:procesos|oportunidades|vacantes"
        r"|ofertas)|\bdecision (?:\S+ ){0,4}?(?:dificil|facil)|\btras (?:\w+ ){0,3}?(?:revis\w+"
        r"|valora\w+|consider\w+|analiz\w+|evalu\w+|estudi\w+)",
    ),
    rule(
        "es.confirmation.received",
        _CONFIRMATION,
        5,
        rf"\b{_APPLICATION}\b(?:,? \S+){{0,12}}? (?:recibid\w+|enviad\w+|registrad\w+|completad\w+)\b"
        rf"|\b(?:recibido|recibimos|recepcion de|acus\w+ recibo"
        rf"|registrado)\b(?:,? \S+){{0,6}}? {_APPLICATION}|\bte has inscrito|\bse ha inscrito",
    ),
    rule(
        "es.confirmation.thanks",
        _CONFIRMATION,
        4,
        r"\b(?:gracias|agradec\w+)\b(?:,? \S+){0,8}? (?:candidatura|interes|postular\w*|postulacion"
        r"|aplicar|solicitud|aplicacion|inscri\w+|curriculum|cv)\b",
        guard=Guard.NONE,
    ),
    rule(
        "es.confirmation.will_review",
        _CONFIRMATION,
        4,
        r"\b(?:revisar\w*|revisando|evaluar\w*|evaluando|analizar\w*|analizando|valorar\w*|valorando"
        r"|estudiar\w*|estudiando|revision)\b(?:,? \S+){0,6}? (?:candidatura|perfil|solicitud|cv"
        r"|curriculum|postulacion|informacion|experiencia|detenidamente|atencion)|\b(?:candidatura"
        r"|solicitud|perfil|postulacion)\b(?:,? \S+){0,6}? (?:revisad\w+|evaluad\w+"
        r"|en (?:proceso de )?revision|analizad\w+|valorad\w+)|\b(?:contactar\w*|contacto|comunicar\w*"
        r"|noticias)\b(?:,? \S+){0,10}? (?:si|breve|pronto|caso de|en cuanto)|\b(?:si"
        r"|en caso)\b(?:,? \S+){0,14}? (?:contact\w+|comunic\w+)",
        guard=Guard.NONE,
    ),
    rule(
        "es.confirmation.subject",
        _CONFIRMATION,
        4,
        rf"\bconfirmacion (?:\S+ ){{0,3}}?{_APPLICATION}|\b{_APPLICATION} (?:\S+ ){{0,4}}?(?:recibida"
        rf"|enviada|registrada)|\bhemos recibido|\bgracias por (?:\w+ ){{0,2}}?(?:postular\w*|aplicar"
        rf"|candidatura|solicitud|interes|inscri\w+)",
        where="subject",
        guard=Guard.NONE,
    ),
    rule(
        "es.assessment.invited",
        _ASSESSMENT,
        7,
        rf"\b(?:invit\w+|complet\w+|reali[zc]\w+|necesitamos|hacer|hagas|pedimos|rogamos|resuelv\w+"
        rf"|resolver|siguiente (?:paso|fase|etapa)|proxim[oa] (?:paso|fase|etapa)|recordatorio|enlace"
        rf"|acceder|debes|nos gustaria)\b(?:(?! entrevista) \S+){{0,9}}? {_TEST}\b",
        context=1.5,
    ),
    rule(
        "es.assessment.subject",
        _ASSESSMENT,
        5,
        rf"\b(?:invitacion|recordatorio|tu|su|acceso)\b(?:,? \S+){{0,4}}? {_TEST}\b"
        rf"|\b{_TEST} (?:tecnic[oa]|online|en linea|de nivel|de codigo|de programacion)",
        where="subject",
    ),
    rule(
        "es.interview.invited",
        _INTERVIEW,
        7,
        rf"\b(?:invit\w+|gustaria|vendria bien|puedes|podrias hacer|agendar\w*|programar\w*|coordinar\w*"
        rf"|concertar|confirm\w+|convoc\w+|citar\w*|queremos|tener|mantener|reprogramar|recordatorio"
        rf"|hemos agendado|cita)\b(?:,? \S+){{0,9}}? {_TALK}\b(?! de satisfaccion)",
        context=1.0,
    ),
    rule(
        "es.interview.availability",
        _INTERVIEW,
        5,
        r"\b(?:tu|su|indic\w+|comparte|compartir|cual es|que|envia\w*"
        r"|confirm\w+)\b(?:,? \S+){0,5}? (?:disponibilidad|horarios?)\b|\bestas disponible"
        r"|\besta disponible|\bconocerte\b|\bconocerle\b",
        context=1.5,
    ),
    rule(
        "es.offer.pleased",
        _OFFER,
        7,
        r"\b(?:carta (?:de )?oferta|oferta (?:laboral|de trabajo|de empleo|formal|economica"
        r"|de incorporacion) (?:adjunt\w+|formal|para|que)|contrato (?:de trabajo|laboral)"
        r"|propuesta (?:economica|de contratacion|de incorporacion))\b|\b(?:complac\w+|encantad\w+"
        r"|alegr\w+|placer|gustaria|felic\w+)\b(?:,? \S+){0,8}? (?:ofrecerte|ofrecerle"
        r"|hacerte (?:\w+ )?oferta|oferta)\b|\bofrecerte el puesto|\bofrecerle el puesto",
        context=1.5,
    ),
    rule(
        "es.followup.account",
        _FOLLOWUP,
        6,
        r"\b(?:verific\w+|confirm\w+|activ\w+) (?:\S+ ){0,4}?(?:cuenta|correo|e-?mail|direccion)"
        r"|\bcodigo de (?:verificacion|seguridad|acceso|confirmacion)|\bcontrasena",
        guard=Guard.NONE,
    ),
    rule(
        "es.followup.viewed",
        _FOLLOWUP,
        7,
        r"\b(?:candidatura|cv|curriculum|perfil|solicitud|inscripcion) (?:\S+ ){0,6}?(?:vist[oa]"
        r"|leid[oa]|descargad[oa]|abiert[oa]|consultad[oa])\b|\b(?:ha|han) (?:visto|leido|descargado"
        r"|consultado) tu (?:cv|candidatura|perfil|curriculum|solicitud)",
    ),
    rule(
        "es.followup.withdrawn",
        _FOLLOWUP,
        7,
        r"\b(?:retirad\w+|retirar|retiro)\b(?:,? \S+){0,5}? (?:candidatura|solicitud|postulacion"
        r"|proceso)|\b(?:candidatura|solicitud|postulacion) (?:\S+ ){0,6}?retirad\w+",
    ),
    rule(
        "es.followup.finish",
        _FOLLOWUP,
        7,
        rf"\b(?:termina\w*|complet[ae]\w*|finaliz[ae]\w*|continua) (?:\w+ ){{0,2}}?{_APPLICATION}\b"
        rf"|\b{_APPLICATION} (?:\S+ ){{0,5}}?(?:incompleta|a medias|sin terminar|pendiente)",
        guard=Guard.NONE,
        context=1.5,
    ),
    rule(
        "es.followup.documents",
        _FOLLOWUP,
        6,
        r"\b(?:envi\w+|adjunt\w+|facilit\w+|proporcion\w+|indic\w+|necesitamos|aport\w+|compart\w+"
        r"|remit\w+)\b(?:,? \S+){0,7}? (?:document\w+|referencias|expectativas? salarial\w*"
        r"|informacion adicional|pretensiones|titulos?|certificad\w+)"
        r"|\bencuesta\b(?:,? \S+){0,6}? (?:candidat\w+|proceso|experiencia|seleccion)",
        context=1.0,
    ),
    rule(
        "es.followup.on_hold",
        _FOLLOWUP,
        7,
        r"\b(?:vacante|puesto|proceso|posicion|contrataciones|seleccion)\b(?:,? \S+){0,7}? (?:en pausa"
        r"|pausad\w+|suspendid\w+|congelad\w+|paralizad\w+|pospuest\w+|aplazad\w+|en espera|en standby)",
        context=1.0,
    ),
    rule(
        "es.followup.still",
        _FOLLOWUP,
        6,
        r"\b(?:sigue|siguen|seguimos|continua)\b(?:,? \S+){0,4}? (?:en (?:proceso|revision|curso|marcha)"
        r"|revisando|evaluando|valorando|activ\w+)|\bgracias por (?:tu|su) paciencia|\b(?:todavia"
        r"|aun) no (?:\w+ )?(?:tenemos|hemos|hay)",
    ),
    rule(
        "es.outreach.profile",
        _OUTREACH,
        7,
        r"\bme (?:ha )?encaj\w+ (?:\w+ )?(?:tu|su) (?:perfil|experiencia)|\b(?:he visto|vi|encontre"
        r"|he encontrado|revis\w+|revisando|viendo|me ha llamado|me llamo|llamo mi|llamado la|di con"
        r"|me gusto|he dado con)\b(?:,? \S+){0,6}? (?:tu|su) (?:\w+ )?(?:perfil|experiencia|trayectoria)"
        r"|\b(?:tu|su) (?:perfil|experiencia|trayectoria)\b(?:,? \S+){0,6}? (?:llamado|llamo|encaj\w+"
        r"|interes\w+|parecido|gustado|impresion\w+)",
        guard=Guard.CONDITION,
    ),
    rule(
        "es.outreach.client",
        _OUTREACH,
        5.5,
        r"\b(?:para|con|de) (?:un|uno de nuestros|nuestro|mi|una) (?:\w+ )?(?:clientes?"
        r"|importante empresa)|\b(?:soy (?:\S+ ){1,4}?(?:headhunter|recruiter|reclutador\w*"
        r"|consultor\w*))|\btengo una (?:vacante|oportunidad|posicion|oferta)|\bbusqueda activa"
        r"|\bescuchar (?:propuestas|ofertas)|\b(?:estoy|estamos) (?:buscando|seleccionando)|\b(?:te"
        r"|le) (?:interesaria|interesa|gustaria) (?:\S+ ){0,4}?(?:conocer|saber|hablar|charlar|escuchar"
        r"|oportunidad|proyecto|\?)|\b(?:estas|estarias|estaria|esta) (?:\w+ )?(?:abiert[oa]"
        r"|interesad[oa])",
        guard=Guard.NONE,
        context=1.5,
    ),
    rule(
        "es.alert.jobs",
        _ALERT,
        6,
        r"\b\d+ (?:nuevas? |nuevos )*(?:ofertas|empleos|vacantes|trabajos)|\b(?:nuevas?|nuevos"
        r"|ultimas) (?:ofertas|empleos|vacantes|trabajos)|\balertas? de (?:empleo|trabajo)|\b(?:ofertas"
        r"|empleos|trabajos|vacantes) (?:\S+ ){0,3}?(?:para ti|recomendad\w+|similares|que (?:te"
        r"|podrian)|en tu)|\binscribete (?:ya|ahora)|\bver (?:todas las )?ofertas|\bpostula(?:te)? ahora",
        guard=Guard.NONE,
    ),
    rule(
        "es.rejection.not_advance",
        _REJECTION,
        7,
        r"\bno (?:avanzaras|avanzara|continuaras|continuara|seguiras|pasaras|pasara|continuamos"
        r"|continuaremos|seguimos)\b",
        context=1.0,
    ),
    rule(
        "es.confirmation.done",
        _CONFIRMATION,
        5,
        r"\b(?:inscripcion|candidatura|solicitud|postulacion)\b(?:,? \S+){0,6}? (?:realizad\w+"
        r"|formalizad\w+|tramitad\w+)\b",
        context=2.0,
    ),
    rule(
        "es.interview.appointed",
        _INTERVIEW,
        6,
        r"\b(?:podemos|podriamos|podrias|puedes) (?:hablar|conversar|charlar|reunirnos)\b|\b(?:te"
        r"|le) esperamos\b"
        r"(?:,? \S+){0,8}? entrevista\b|\b(?:tu|su|la"
        r"|nuestra) (?:\w+ )?entrevista\b(?:,? \S+){0,5}? (?:agendad\w+|programad\w+"
        r"|confirmad\w+"
        r"|fijad\w+|reprogramad\w+|sera|tendra lugar)\b|\b(?:elige|elija|escoge|escoja|selecciona|reserva"
        r"|reserve)\b"
        r"(?:,? \S+){0,5}? (?:entrevista|llamada|hora|horario|fecha|hueco)\b|\b(?:tienes|tiene|tendrias"
        r"|tendria)"
        r" (?:\w+ )?(?:disponibilidad|un hueco|un rato|unos minutos)\b",
        context=1.0,
    ),
    rule(
        "es.offer.it_is_yours",
        _OFFER,
        6,
        r"\bque formes parte de\b|\boferta formal\b|\b(?:puesto|vacante|plaza) es (?:tuy[oa]|suy[oa])\b"
        r"|\b(?:has|ha) sido (?:seleccionad\w+"
        r"|elegid\w+) para"
        r" (?:el puesto|la vacante|ocupar)\b|\bqueremos (?:contratarte|incorporarte|que te incorpores)\b",
        context=2.5,
    ),
    rule(
        "es.not_job.shop",
        _NOT_JOB,
        5,
        r"\b(?:tu|su) (?:pedido|factura|envio|paquete|pago|suscripcion|reserva|compra|recibo)"
        r"|\b\d+ ?% (?:de )?descuento|\bdescuentos?\b|\bnewsletter|\bboletin|\bsolicitud (?:de"
        r"|del) (?:\w+ )?(?:prestamo|credito|hipoteca|alquiler|piso|beca|visado|tarjeta|admision"
        r"|vivienda|plaza)|\b(?:prestamo|hipoteca|alquiler)\b|\bcita (?:medica|con el)|\bdentista"
        r"|\badmision a",
        guard=Guard.NONE,
    ),
    rule(
        "es.not_job.other_application",
        _NOT_JOB,
        8,
        r"\b(?:solicitud|candidatura|inscripcion|postulacion|tramite)\b(?:,? [^\s,.]+){0,4}? (?:de|del"
        r"|para|a|al|en)"
        r" (?:\S+ ){0,3}?(?:prestamo|credito|hipoteca|alquiler|piso|apartamento|habitacion|beca|subvencion"
        r"|ayuda"
        r"|visado|visa|pasaporte|dni|nie|residencia|nacionalidad|permiso|licencia|carnet|tarjeta|admision"
        r"|vivienda"
        r"|master|grado|doctorado|universidad|facultad|colegio|guarderia|escuela|seguro|socio|socia"
        r"|afiliacion"
        r"|membresia|programa de (?:fidelizacion|puntos)|club|aceleradora|incubadora|voluntari\w+|adopcion"
        r"|congreso|cuenta)\b|\bcomision de admision\w*\b",
        guard=Guard.EMPLOYMENT,
    ),
    rule(
        "es.not_job.career_marketing",
        _NOT_JOB,
        2.5,
        r"\b(?:cursos?|webinar|taller(?:es)?|consejos|masterclass)\b|\bmejora tu (?:cv|perfil)"
        r"|\bpremium\b|\bformacion (?:online|gratuita)",
        guard=Guard.NONE,
    ),
    rule(
        "es.rejection.closed_without",
        _REJECTION,
        7,
        r"\b(?:candidatura|solicitud|postulacion|perfil)\b(?:,? \S+){0,8}? (?:archivad\w+|archivara"
        r"|liberamos)\b"
        r"|\bsin (?:tu|su) (?:seleccion|incorporacion)\b|\bsin haberte seleccionado\b"
        r"|\b(?:vacante|puesto|proceso)\b(?:,? \S+){0,5}? (?:congelad\w+|en pausa|en suspenso|suspendid\w+)\b"
        r"|\b(?:decidido|optado por|decision de)(?: \S+){0,2}? no (?:continuar|seguir|avanzar|proseguir)\b",
        context=1.0,
    ),
    rule(
        "es.rejection.somebody_else",
        _REJECTION,
        7,
        r"\b(?:otra persona|alguien mas|alguien distinto|otro candidato"
        r"|otra candidata) (?:\S+ ){0,2}?(?:acept\w+"
        r"|ha sido|fue|para el puesto)\b|\b(?:elegido|optado por|decidido por|seleccionado a|contratado a)"
        r" (?:otra persona|alguien mas)\b|\b(?:respuesta|decision|resultado)(?: \S+){0,3}? (?:es|ha sido|fue)"
        r" negativ\w+\b|\b(?:rechazar|descartar) (?:a )?(?:\S+ ){0,3}?(?:candidat\w+|perfiles|personas)\b",
        context=1.0,
    ),
    rule(
        "es.offer.make_you_one",
        _OFFER,
        6,
        r"\b(?:hacerte|hacerle|enviarte|enviarle|presentarte|presentarle) (?:una|nuestra|la) (?:oferta"
        r"|propuesta)\b(?! (?:especial|comercial))",
        context=1.0,
    ),
    rule(
        "es.interview.proposes_a_time",
        _INTERVIEW,
        5.5,
        r"\b(?:podrias|puedes|podria|puede|que tal|te viene bien|le viene bien"
        r"|te va bien)(?: \S+){0,3}? (?:lunes"
        r"|martes|miercoles|jueves|viernes|manana|\d{1,2}[:.]\d\d)\b|\b(?:mover|aplazar"
        r"|cambiar) (?:nuestra|la"
        r"|nuestro|el) (?:llamada|entrevista|cita|reunion)\b|\b(?:te|le) (?:llamo|llamare|llamamos"
        r"|llamaremos)"
        r" (?:\S+ ){0,2}?(?:lunes|martes|miercoles|jueves|viernes|manana)\b",
    ),
)
