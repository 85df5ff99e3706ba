"""How mail about jobs speaks in English."""

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

_ROLE = (
    r"(?:positions?|roles?|jobs?|openings?|vacanc(?:y|ies)|opportunit(?:y|ies)|posts?|requisitions?|req"
    r"|internships?|placements?|programs?|programmes?|traineeships?|apprenticeships?|fellowships?"
    r"|posting|search|opening)"
)
_APPLICATION = (
    r"(?:application|candidacy|candidature|resum\w+|cv|submission|profile|job application|interest)"
)
_CANDIDATE = (
    r"(?:candidat\w+|applica(?:nts?|tions?)|individuals?|persons?|people|professionals?|finalists?"
    r"|profiles?|students?|contenders?|talents?|hires?|options|others|folks)"
)
_NOT = (
    r"(?:\bnot\b|n't\b|\bunable\b|\bnever\b|\bno longer\b|\bcannot\b|\bcan not\b|\bagainst\b|\bdeclin\w+\b)"
)
_OTHER_THING = (
    r"(?:card|loans?|mortgages?|overdraft|line of credit|(?:bank|savings|checking|current"
    r"|brokerage"
    r"|merchant|seller|trading|margin) account|insurance|policy|(?:loyalty|rewards?|affiliate|frequent \w+"
    r"|jd|llm|mba"
    r"|ph\.?d\.?|m\.?d\.?|doctoral|degree|master'?s|graduate degree|bachelor'?s|exchange|partner"
    r"|developer|beta|study abroad|residency|certificate) program(?:me)?s?|club|members?|membership"
    r"|licen[cs]es?"
    r"|real id|passport|visas?|esta|citizenship|naturali[sz]ation|residence permit|permits?|planning"
    r"|planning permission|zoning|variance|grants?|funding|bursary|scholarships?|financial aid|student aid"
    r"|admissions?|master'?s? (?:in|of)|bachelor'?s? (?:in|of)|doctoral study|graduate study|\w+ batch"
    r"|enrol\w+|ph\.?d|mba|jd|undergraduate (?:study"
    r"|degree|admission)|graduate (?:school"
    r"|study|admission)"
    r"|college|(?:law |medical |business |high |middle |primary |secondary |charter )?school(?: of \w+)?"
    r"|university"
    r"|kindergarten|nursery|daycare|degree|course|boot ?camp|conference|workshop|housing|apartments?|flat"
    r"|unit \w+|lease|rental|rent|tenanc(?:y|ies)|tenants?|condo|dorm\w*|co-op board|accelerator|incubator"
    r"|startup batch"
    r"|seed fund|volunteers?|volunteer board|board of trustees|foster|adopt(?:ion)?|pet adoption|patent"
    r"|trademark|speaker|exhibitor|vendor|stall|benefits|unemployment|social security|medicaid|medicare"
    r"|relief"
    r"|subsid\w+|rebate|refund|tax credit|probate|parking)"
)
_OTHERS = (
    r"(?:other|another|different|alternat(?:e|ive)|strong(?:er)?|fellow|external|internal|few|small"
    r"|(?:more|better|most|best|highly|very)(?:[ -]\w+){1,3}?|(?:group|number|pool|shortlist|set) of)"
)

_REJECTIONS: Final = (
    rule(
        "en.rejection.other_candidates",
        _REJECTION,
        7,
        rf"\b(?:mov(?:e|ed|ing)|go(?:ing|ne|es)?|went|lean(?:ed|ing)|proceed\w*|progress\w*|continu\w+"
        rf"|advanc\w+|pursu\w+|select\w*|chosen|chose|choose|hired?|hiring|offered|extended|opted"
        rf"|focus\w*|identified|engag\w+|concentrat\w+|prioriti[sz]\w+|(?:are|is|be|been"
        rf"|'re) (?:considering|interviewing)|choosing to \w+|prefer\w*|appoint\w*|favou?r\w*|given"
        rf"|filled|accept\w*|shortlist\w*|decided (?:on|upon|to \w+)|narrow\w*|settled|awarded|found"
        rf"|picked|invit(?:e|ed|ing)|chosen to \w+"
        rf"|elected to \w+)\b(?! you\b)(?:,? \S+){{0,9}}? (?:an)?{_OTHERS} (?:\S+ ){{0,3}}?{_CANDIDATE}\b"
        r"(?! (?:review"
        rf"|evaluation|assessment|process))",
    ),
    rule(
        "en.rejection.someone_else",
        _REJECTION,
        7,
        r"\b(?:went|going|go|goes|gone|lean(?:ed|ing)|sided|opted|picked|preferred|landed on|mov(?:e|ed"
        r"|ing)|proceed\w*|hired?|offered"
        r"|chosen|chose|selected|decided|filled|gave|given|extended|settled|accepted by|found|continu\w+"
        r"|advanc\w+|pursu\w+|progress\w*|focus\w*|concentrat\w+"
        r"|prioriti[sz]\w+)\b(?:,? \S+){0,8}? (?:someone|somebody|folks|people|(?:a |an |the "
        r"|those )?(?:\w+ )?(?:candidates?|applicants?|individuals?)),? (?:whose|with (?!(?:your"
        r"|the) application)|who (?:more|better|best|have|has|had|are|is|was|were|possess|closely|fit"
        r"|meets?|match\w*|we|they|already|can|could|bring)\b|that (?:more|better|have|has|had|are|is"
        r"|match|fit|meet|we)\b|else|more|better|closer|internal|possess\w*|having|we (?:think|feel"
        r"|believe)|whom|at this time)",
        context=0.5,
    ),
    rule(
        "en.rejection.not_forward",
        _REJECTION,
        7.5,
        rf"{_NOT}(?:,? [\w']+){{0,4}}? (?:mov(?:e|ed|ing)|proceed\w*|progress\w*|continu\w+|advanc\w+"
        rf"|pursu\w+|go(?:ing)?|to stop|process(?:ed|ing)?|carry\w*|put\w*|bring\w*|forward\w*|tak(?:e"
        rf"|ing|en) (?:your|you|it|this|things|the))\b(?:,? \S+){{0,8}}? ?(?:forward|ahead|further|next"
        rf"|any longer|on (?:with|to|in)|to an? (?:interview|offer|next)|into account|\byour?\b"
        rf"|application|candida\w+|process|at this (?:time|point|stage)|this (?:occasion|time)"
        rf"|at the moment|right now|with you|today)",
    ),
    rule(
        "en.rejection.not_considered",
        _REJECTION,
        7,
        rf"{_NOT}(?:,? [\w']+){{0,4}}? consider\w*(?:,? \S+){{0,6}}? (?:further|any longer|at this time"
        rf"|for (?:this|the) (?:\w+ )?(?:role|position|job|opening))\b",
    ),
    rule(
        "en.rejection.not_forward_you",
        _REJECTION,
        7,
        r"\b(?:you|your (?:application|candidacy|candidature|profile|resume"
        r"|cv))\b(?:,? \S+){0,3}? (?:has not|have not|hasn't|haven't|was not|wasn't|were not|weren't"
        r"|is not|isn't|are not|aren't|will not|won't|will no longer)(?:,? \S+){0,4}? (?:mov\w+|taken"
        r"|progress\w*|proceed\w*|advanc\w+|going|go|considered|put|carried)\b(?! (?:until|unless))",
    ),
    rule(
        "en.rejection.not_selected",
        _REJECTION,
        7.5,
        r"(?:\bnot|n't) (?:select|shortlist|choose|pick|hire|progress|advance|invite) you(?:r \w+)?\b"
        r"|\bweren't (?:one of|among)|\bwere not (?:one of|among)|\b(?:wasn't|isn't|was not"
        r"|is not) an? (?:placement|place|position|role|spot) for you|(?:\bnot\b|n't\b)(?: (?!only\b"
        r"|yet\b)\w+){0,3}? (?:selected|shortlisted|short-listed|chosen|successful|hired|recommended"
        r"|retained|referred|picked|accepted|nominated)\b(?! (?:yet|candidates will))",
    ),
    rule(
        "en.rejection.unsuccessful",
        _REJECTION,
        7,
        r"\b(?:application|candida\w+|you|yours?|submission|outcome|have been|was"
        r"|were)\b(?:,? \S+){0,9}? ?\bunsuccessful|\bunsuccessful\b(?:,? \S+){0,5}? (?:application"
        r"|candida|on this|this time|at this|for the|in your|in this|with your)",
    ),
    rule(
        "en.rejection.not_make_it",
        _REJECTION,
        7,
        r"(?:n't|\bnot\b)(?:,? [\w']+){0,6}? (?:ma[dk]e|making|progress\w*|advanc\w+|includ\w+|reach\w*"
        r"|mov\w+|tak\w+|invit\w+|select\w*|proceed\w*|pass\w*|continu\w+)(?:,? \S+){0,6}? ?(?:shortlist"
        r"|short list|next round|next stage|cut\b|final round|final list|next step|next phase)",
    ),
    rule(
        "en.rejection.no_longer_considered",
        _REJECTION,
        7,
        r"\b(?:you|your|application|candida\w+|we|we're|submission|status"
        r"|profile)\b(?:,? \S+){0,8}? ?(?:no longer"
        r"|not)(?:,? [\w']+){0,2}? (?:under (?:\w+ )?consideration|consider\w*|in consideration"
        r"|a candidate|in contention|in the running|being reviewed|pursu\w+)|\bno longer (?:under|in"
        r"|being) (?:\w+ )?consider\w+|\bremoved? (?:you |your \w+ )?from (?:\w+ )?consideration",
    ),
    rule(
        "en.rejection.filled",
        _REJECTION,
        7,
        rf"\b(?:are|'re|is) (?:\w+ )?(?:cancel+ing|closing|withdrawing) (?:the|this) (?:\w+ )?{_ROLE}\b"
        rf"|\b{_ROLE}\b(?:,? \S+){{0,9}}? (?:has|have|had|is|was|were|been"
        rf"|being)(?:,? [\w']+){{0,3}}? (?:filled|closed|cancel\w+|eliminated|withdrawn|retired"
        rf"|discontinued)\b(?! (?:on|by) (?:a )?(?:rolling|the deadline))|\b(?:have|has|had|already"
        rf"|recently|just|'ve|decided to)(?:,? [\w']+){{0,3}}? (?:filled?|closed?|cancel\w*|withdrawn"
        rf"|withdraw|eliminated?)(?:,? \S+){{0,5}}? {_ROLE}\b",
        context=1.0,
    ),
    rule(
        "en.rejection.not_open",
        _REJECTION,
        5,
        rf"\b(?:{_ROLE}|we|we're)\b(?:,? \S+){{0,9}}? (?:no longer (?:being (?:hired|filled|recruited)"
        rf"|available|open|accepting|active|vacant|exists?|recruiting|hiring|a need|need|looking|seeking"
        rf"|taking|being recruited)|not (?:be |going to be |to )?fill)",
    ),
    rule(
        "en.rejection.regret",
        _REJECTION,
        5,
        r"\b(?:regret(?:fully|s)?|sorry|sad(?:dened)?|disappointed|apologi[sz]e) (?:[\w']+ ){0,2}?(?:to"
        r"|that) (?:[\w']+ ){0,2}?(?:inform|advise|say|tell|let|share|notify|report|confirm|update|write"
        r"|have to|announce|your|you|we|pass)|\bwith (?:\w+ )?regret\b|\bregretfully\b|\bregret to\b",
    ),
    rule(
        "en.rejection.unable_to_offer",
        _REJECTION,
        7.5,
        r"(?:\bunable|\bnot able|\bnot in (?:a |the )?position|\bcannot|\bcan't|\bcan not|\bwon't"
        r"|\bwill not|\bnot be|\bdecided not|\bchosen not|\bnot going to(?: be)?"
        r"|\bregret not)(?:,? [\w']+){0,4}? (?:offer\w*|mak(?:e|ing) (?:you )?an?|appoint\w*|tak(?:e"
        r"|ing) you into account|extend\w*|invit\w+|place you|hire|hiring|accommodate|considering"
        r"|consider|interviewing|interview)\b(?! (?:you an? (?:place|seat)|you admission|coverage"
        r"|feedback|individual|specific|detailed|visa|sponsor\w*|relocation"
        r"|personal))(?:,? \S+){0,6}? ?(?:\byou\b|further|positions?|roles?|jobs?|employment|interview"
        r"|an offer|offer|opportunity|placement|applica\w+|candid\w+)",
        context=1.0,
    ),
    rule(
        "en.rejection.closer_match",
        _REJECTION,
        6.5,
        r"\b(?:other|another) (?:\w+'? )?(?:backgrounds?|experiences?|profiles?|qualifications) (?:are"
        r"|is|was|were) (?:more|better|closer)|\bmore in line with\b|\b(?:other|another) (?:candidates?"
        r"|applicants?|individuals?) (?:more|better)(?: \w+)? (?:match|fit|align|suit|meet)\w*"
        r"|\b(?:other|others|another|candidates?|applicants?|individuals?|someone|those)\b(?:(?! (?:will"
        r"|contact|should|if|you)) \S+){0,6}? ?(?:whose|with|who|that|possess\w*|had|have"
        r"|having)\b(?:,? \S+){0,9}? (?:more|closer|closely|better|best|stronger"
        r"|nearer)(?:,? [\w']+){0,3}? (?:match\w*|align\w*|fit\w*|suit\w*|meets?|correspond\w*|qualif\w+"
        r"|experience\w*|skills?|suited)",
    ),
    rule(
        "en.rejection.not_a_match",
        _REJECTION,
        6.5,
        r"(?:\bnot\b|n't\b|\bno\b)(?:,? [\w']+){0,5}? (?:(?:right|good|best|ideal|perfect|exact|close"
        r"|strong|suitable|great|appropriate|mutual) (?:\w+ )?(?:match|fit)|a (?:match|fit)"
        r"|fit for (?:this|the|our)|match for (?:this|the|our)|suitable|closely (?:match|align)\w*"
        r"|(?:quite |fully |entirely |precisely |currently |exactly |necessarily )?(?:match|meet|fit"
        r"|align with|suit) (?:all )?(?:the|our|what|with|this|their|its|current|of))|\b(?:does|do"
        r"|did) not (?:\w+ )?(?:align|match|meet|fit)",
        context=0.5,
    ),
    rule(
        "en.rejection.direction",
        _REJECTION,
        7,
        r"\b(?:go(?:ing|ne)?|went|tak\w+|mov\w+|head\w*) (?:in |with )?(?:a|an"
        r"|the)?(?:other)? ?(?:different|another|other) direction|\b(?:made|making|internal (?:move"
        r"|transfer|promotion|hire)|filled|hired?|promoted?|fill) (?:\S+ ){0,4}?internal",
    ),
    rule(
        "en.rejection.others_have",
        _REJECTION,
        7,
        r"\b(?:an)?other (?:\w+ )?(?:candidates?|applicants?|individuals?|person"
        r"|people)\b(?: [^\s,;]+){0,8}? (?:ha(?:s|ve|d)|was|were|who) (?:\w+ )?(?:accepted"
        r"|been (?:\w+ )?(?:selected|offered|chosen|hired|identified)|more|a better|a stronger|stronger"
        r"|better|the (?:exact|specific)|selected|chosen|offered|hired)",
    ),
    rule(
        "en.rejection.search_concluded",
        _REJECTION,
        6.5,
        r"\b(?:concluded|completed|ended|closed|finished|wrapped up) (?:our|the|this) (?:\w+ )?search\b"
        r"|\bwe (?:have |'ve )?(?:just |recently |already )?hired (?:someone|somebody|another"
        r"|an? (?:\w+ )?(?:candidate|person|applicant))\b|\b(?:not|n't) (?:[\w']+ ){0,2}?(?:fill"
        r"|have (?:an? )?(?:\w+ )?(?:position|role|opening|vacancy|opportunity)) (?:this (?:position"
        r"|role)|(?:that|which) (?:matches|fits|would|suits|aligns))|\b(?:no|not"
        r"|n't) (?:[\w']+ ){0,3}?(?:appropriate |suitable |matching |current |open )*(?:position|role"
        r"|opening|opportunit|vacanc)\w* (?:that )?(?:match\w*|fit\w*|suit\w*)|\b(?:no|not"
        r"|n't) (?:[\w']+ ){0,3}?(?:appropriate|suitable|matching|current|open) (?:position|role|opening"
        r"|opportunity|vacancy)s? (?:for you|at this time|available|that|which|matching|right now)"
        r"|\b(?:is|are|was|were)(?:n't| not) (?:\w+ )?what (?:we|they|the team)(?:'re|'s| are| is"
        r"| were)? looking for\b",
    ),
    rule(
        "en.rejection.too_senior",
        _REJECTION,
        4,
        r"\b(?:too (?:senior|junior|experienced)|over-?qualified|under-?qualified|more (?:senior|junior"
        r"|years of) (?:than|experience than))\b|\b(?:limited|restricted) to (?:people|candidates"
        r"|applicants) who\b|\b(?:cannot|can't|unable to|do not|don't) sponsor\b|\bneed(?:s"
        r"|ed)? (?:someone|somebody) with (?:more|deeper|stronger|greater)\b|\b(?:look"
        r"|looking) for (?:someone|somebody|candidates|at least|people) (?:,? ?\S+){0,6}? ?(?:years"
        r"|more experience|deeper|stronger)",
    ),
    rule(
        "en.rejection.offered_to_another",
        _REJECTION,
        6.5,
        r"\b(?:mov\w+|go\w*|proceed\w*) (?:forward |ahead )?with (?:them|those)\b|\b(?:extended|made"
        r"|given|sent) (?:an?|the|our) (?:\w+ )?offer to (?!you\b)|\bdefault to a no\b"
        r"|\bmade an offer to (?:another|someone|somebody|one)\b",
    ),
    rule(
        "en.rejection.stop_here",
        _REJECTION,
        6,
        r"\b(?:end|stop) (?:the|our|your|this) (?:\w+ )?process\b|\bdeclining your\b|\b(?:stop|end"
        r"|leave it|pause) here\b|\bend of the road\b|\bmade it to the (?:very )?(?:last"
        r"|final)\b(?! (?:round|stage)s?[!.]?$)"
        r"|\b(?:came|come|comes|fell|fall|falls) (?:up |a (?:bit|little) )*short\b"
        r"|\brather than (?:bring|mov|proceed|invit|continu)\w*|\bn[o']t (?:be )?bring(?:ing)? you (?:in"
        r"|on)\b",
        context=0.5,
    ),
    rule(
        "en.rejection.close_application",
        _REJECTION,
        7.5,
        r"\b(?:clos(?:e|ed|ing)|conclud\w+) (?:out )?(?:[\w']+ ){0,3}?(?:application|candidacy"
        r"|candidature|applications|process with you)\b|\bprioriti[sz]\w+ (?:[\w']+ ){0,4}?(?:people"
        r"|candidates|applicants|individuals|profiles)\b|\bhold(?:ing)? off on (?:filling|hiring|moving"
        r"|proceeding"
        r"|progressing|going|advancing)",
    ),
    rule(
        "en.rejection.declined",
        _REJECTION,
        7,
        r"\b(?:your|the) (?:\S+ ){0,2}?(?:application|candidacy|candidature|resume"
        r"|profile)\b(?:,? \S+){0,10}? (?:has|have|was|been|is)(?:,? [\w']+){0,2}? (?:rejected|declined"
        r"|denied|not accepted|turned down|closed|not been accepted)\b",
    ),
    rule(
        "en.rejection.status",
        _REJECTION,
        7,
        r"\bstatus\b(?:,? \S+){0,12}? ?\"?(?:not selected|rejected|declined"
        r"|no longer under consideration|not retained|not progressing|unsuccessful|position filled"
        r"|requisition closed|not moving forward|not considered)",
    ),
    rule(
        "en.rejection.not_among",
        _REJECTION,
        6.5,
        r"\b(?:was|were|is|are)(?:n't| not) (?:one of|among|part of) (?:those"
        r"|the)\b(?:,? \S+){0,3}? ?(?:we|selected|chosen"
        r"|shortlisted|that|who)\b|\bpassing on (?:your|you|this)\b|\b(?:another|other) (?:\w+ )?finalist\b"
        r"|\b(?:not|n't) line up with\b|\b(?:another|other|different) (?:person|candidate|applicant|finalist)"
        r" (?:has |have )?(?:accepted|took|taken|got|received) (?:the|our|this)\b",
        context=0.5,
    ),
    rule(
        "en.rejection.better_suited",
        _REJECTION,
        6.5,
        r"\b(?:others|candidates?|applicants?|people|individuals?)\b(?:,? \S+){0,7}? (?:better (?:suited"
        r"|aligned"
        r"|matched|qualified|placed|equipped)|closer to (?:what|the|our)|more suitable|more suited"
        r"|more closely"
        r"|more directly|a (?:better|closer|stronger) (?:fit|match))\b",
    ),
    rule(
        "en.rejection.plain_no",
        _REJECTION,
        5.5,
        r"\b(?:it's|it is|that's|answer is|be) (?:going to be )?a no\b|\bwish (?:i|we) (?:had|could share"
        r"|could give)"
        r" (?:\w+ )?(?:better|happier|good|other|different) news|\b(?:have|is) (?:no"
        r"|not (?:any )?(?:better|good)) news\b"
        r"|\b(?:isn't|is not|not|wasn't|didn't|won't) (?:going to |to )?work out\b|\bnot the (?:news"
        r"|outcome|answer|result)"
        r" (?:you|we|that)|\bhave to (?:let you go|disappoint you|turn you down)|\bno place for you\b",
        context=1.0,
    ),
    rule(
        "en.rejection.pass",
        _REJECTION,
        6,
        r"\b(?:decided to|going to|we(?:'ve| have| will| are)?|chosen to|have to"
        r"|need to) pass(?:ing)? on (?!to\b|your (?:details|resume|information|cv))|\b(?:decided"
        r"|going) to pass\b(?! on (?:to|your))|\bwe(?:'ll| will) (?:have to )?pass\b(?! (?:on|along|your"
        r"|it|this))|\b(?:like|want|have|need|going) to pass\b(?! (?:on|along|your|it|this))"
        r"|\bturn(?:ing|ed)? down your\b|\bdecided against\b|\b(?:chosen|decided|opted"
        r"|elected) not to pursue\b",
    ),
    rule(
        "en.rejection.unfortunately",
        _REJECTION,
        3,
        r"\b(?:unfortunately|sadly|unfortunate(?: that)?|regrettably|unluckily)\b(?!.{0,200}\b(?:respond"
        r"|reply|replies|answer|individually|mailbox|inbox|email client|by phone|contact (?:every|all"
        r"|each)|every (?:applicant|question|candidate)|each (?:applicant|candidate))\b)",
    ),
    rule(
        "en.rejection.difficult_decision",
        _REJECTION,
        2.5,
        r"\b(?:difficult|tough|hard) (?:\w+ )?(?:decision|choice|selection)|\bnot an easy (?:decision"
        r"|choice)|\bwasn't easy\b|\bclose call\b|(?:\bnot|n't) (?:be )?(?:the|what) (?:\w+ )?(?:news"
        r"|outcome|answer|result|response|decision|update|you)|\b(?:news|outcome|decision|this) (?:may"
        r"|might|will|is|can|must) (?:\w+ )?(?:be )?(?:\w+ )?disappoint\w+|\bnews (?:that )?you (?:were"
        r"|had been|are) hoping",
    ),
    rule(
        "en.rejection.other_was_stronger",
        _REJECTION,
        2.5,
        r"\b(?:given|due to|because of|as|extremely|very|highly|so|many|several|had|received|competition"
        r"|competitive|pool|number|volume|calibre|caliber)\b(?:,? \S+){0,8}? (?:strong|competitive"
        r"|qualified|high[- ]calib\w+|exceptional|impressive|highly)\b(?:,? \S+){0,4}? ?(?:candidates?"
        r"|applicants?|applications?|pool|field|process|competition|individuals)",
    ),
    rule(
        "en.rejection.after_consideration",
        _REJECTION,
        2,
        r"\b(?:after|upon|following|given|with) (?:[\w']+ ){0,2}?(?:careful|thorough|much|further|due"
        r"|lengthy|full|complete|extensive|serious|considerable"
        r"|detailed)(?:ly)? (?:[\w']+ ){0,3}?(?:consideration|considering|review\w*|deliberation"
        r"|evaluati\w+|thought|discussions?)",
    ),
    rule(
        "en.rejection.wish_luck",
        _REJECTION,
        2,
        r"\b(?:wish\w*|good luck|best of luck|all the best|every success|much success|best wishes"
        r"|continued success|luck)\b(?:,? \S+){0,8}? (?:search\w*|career\w*|future|endeavou?rs?"
        r"|pursuits?|hunt|journey|job|next (?:role|opportunity|step|chapter)|professional(?:ly)?|efforts"
        r"|applications?|seeking|find\w*)",
    ),
    rule(
        "en.rejection.keep_on_file",
        _REJECTION,
        1.5,
        r"\b(?:keep|kept|retain\w*|hold|remain|stay|store|save|maintain\w*"
        r"|add\w*)\b(?:,? \S+){0,8}? (?:on file|in (?:our|the) (?:database|system|talent|records)"
        r"|on record|talent (?:pool|community|network|bank)|in mind)|\b(?:future|other) (?:openings?"
        r"|opportunit\w+|roles?|positions?|vacanc\w+)\b(?:,? \S+){0,6}? (?:match|fit|align|suit|arise"
        r"|become|come up)",
        guard=Guard.NONE,
    ),
    rule(
        "en.rejection.apply_again",
        _REJECTION,
        2,
        r"\b(?:encourage|invite|hope|welcome|urge|please|recommend|feel free|would love|love for"
        r"|like)\b(?:,? \S+){0,6}? (?:re-?apply\w*|apply\w*|check\w*|visit\w*|explor\w+|consider\w*"
        r"|keep (?:an eye|in touch|checking|us in mind)|stay (?:in touch|connected)|continue|future"
        r"|look\w*|monitor\w*|browse|review)\b(?:,? \S+){0,9}? ?(?:future|again|other|careers?|openings?"
        r"|opportunit\w+|re-?apply|roles?|positions?|vacanc\w+|touch)",
    ),
    rule(
        "en.rejection.time_you_invested",
        _REJECTION,
        1.5,
        r"\b(?:appreciate|thank\w*|grateful)\b(?:,? \S+){0,6}? (?:time|effort"
        r"|opportunity)\b(?:,? \S+){0,6}? ?(?:invest\w*|spent|you (?:took|put|gave|have)|to (?:meet"
        r"|interview|speak|talk|get to know|learn|consider|review)|interview\w*|effort|meeting|speaking"
        r"|during)",
        guard=Guard.NONE,
    ),
    rule(
        "en.rejection.discourage",
        _REJECTION,
        3,
        r"(?:\bnot|n't) (?:[\w']+ ){0,3}?(?:discourag\w+|deter you)|\b(?:not"
        r"|no) (?:[\w']+ ){0,2}?(?:a )?reflection (?:of|on)",
    ),
    rule(
        "en.rejection.feedback_impossible",
        _REJECTION,
        2.5,
        r"(?:\bunable|\bnot able|\bcannot|\bcan't|\bnot)(?:,? [\w']+){0,3}? (?:provide|offer|give|share"
        r"|send)(?:,? [\w']+){0,3}? feedback",
    ),
    rule(
        "en.rejection.decided_not_to",
        _REJECTION,
        7,
        r"(?<!\byou )(?<!\byou've )(?<!\byou have )\b(?:decided|chosen|chose|opted|elected|agreed)"
        r"(?: [\w']+){0,3}? (?:not to|against) (?:continu\w+|proceed\w*|pursu\w+|progress\w*|go (?:on|ahead"
        r"|further|forward)|mov\w+ (?:on|ahead|forward)|take (?:it|this|that|yours?|them)\b)",
    ),
    rule(
        "en.rejection.not_further",
        _REJECTION,
        7,
        rf"{_NOT}(?: be)?(?: \w+)? (?:tak|carry|bring|push|consider)\w*(?: (?!until\b|unless\b)\S+){{0,5}}?"
        r" (?:any )?(?:further|forward|any more)\b",
    ),
    rule(
        "en.rejection.turned_down",
        _REJECTION,
        7,
        r"\b(?:turn(?:ed|ing)? down|turn(?:ed|ing)? away|said no to|say no to|let go of) (?:\S+ ){0,5}?"
        r"(?:people|candidates|applicants|applications|profiles)\b"
        r"|\bturn(?:ed|ing)? (?:\S+ ){1,5}?(?:people|candidates|applicants) (?:down|away)\b",
        context=1.0,
    ),
    rule(
        "en.rejection.closed_without",
        _REJECTION,
        7,
        r"\bwithout (?:your (?:selection|being selected)|you being (?:selected|chosen|hired)|an offer to you"
        r"|(?:a|any) (?:hire|appointment)|selecting you|hiring you)\b",
        context=1.0,
    ),
    rule(
        "en.rejection.released",
        _REJECTION,
        7,
        r"\breleas\w+ (?:you(?:rs?)?\b(?! (?:offer|contract|results?))(?: \w+){0,2}? (?:application|candidacy"
        r"|profile|from)|all (?:applications|candidates|applicants))"
        r"|(?:\bnot|n't|\bno longer) (?:be )?(?:interviewing|considering|seeing|meeting|hiring|reviewing)"
        r" (?:any )?(?:further|more|other|additional|new) (?:candidates|applicants|people|applications)\b",
        context=1.0,
    ),
    rule(
        "en.rejection.archived",
        _REJECTION,
        6.5,
        r"\b(?:application|candidacy|profile|submission|documents)\b(?:,? \S+){0,8}? (?:archived|set aside"
        r"|put aside|shelved|withdrawn from (?:the|our) process)\b"
        r"|(?:\bnot|n't) (?:be )?(?:in (?:contact|touch)|contact(?:ing)? you|writ(?:e|ing) to you) (?:again"
        r"|any ?more|any further|further)\b",
        context=1.0,
    ),
    rule(
        "en.rejection.somebody_else",
        _REJECTION,
        7,
        r"\baccepted (?:an|the|our) offer (?:from|by|of) (?:somebody|someone|another|one of)"
        r"|\b(?:somebody|someone) else\b(?:,? \S+){0,3}? (?:accepted|signed|got the|was (?:chosen|selected"
        r"|hired|offered)|has (?:accepted|signed|been (?:chosen|selected|hired|offered)))"
        r"|\b(?:to|with|for|hired|chosen|chose|picked|selected|preferred) (?:somebody|someone) else\b",
        context=1.0,
    ),
    rule(
        "en.rejection.negative_answer",
        _REJECTION,
        6.5,
        r"\b(?:answer|decision|outcome|result|reply|response|verdict)\b(?: \S+){0,4}? (?:is|was|has been"
        r"|came back)(?: \w+){0,2}? (?:negative|a no\b|no\b[.,;]?$|not positive|unfavou?rable)"
        r"|\bnegative (?:answer|decision|outcome|reply|response)\b",
        context=1.0,
    ),
)

_CONFIRMATIONS: Final = (
    rule(
        "en.confirmation.thanks_for_applying",
        _CONFIRMATION,
        4,
        r"\b(?:throw\w*|toss\w*|put\w*) your (?:hat|name) in(?:to)? the (?:ring|hat)\b"
        r"|\b(?:appreciate|glad|happy|thrilled|delighted) (?:that )?(?:you|your) (?:\w+ )?appl(?:ying"
        r"|ied)\b|\b(?:thank\w*|thx|appreciate"
        r"|grateful)\b(?:,? \S+){0,5}? (?:for (?:[\w']+ ){0,3}?(?:appl(?:ying|ied)|submi\w+"
        r"|your (?:[\w']+ ){0,3}?(?:application|resum\w+|cv|submission|candida\w+))|(?:time|opportunity"
        r"|interest)(?:,? \S+){0,5}? (?:to apply|in applying)|you applied"
        r"|your (?:\w+ )?(?:job )?(?:application|submission))",
        guard=Guard.NONE,
        context=1.5,
    ),
    rule(
        "en.confirmation.thanks_for_interest",
        _CONFIRMATION,
        2.5,
        r"\b(?:thank\w*|appreciate|grateful|excited|thrilled|pleased"
        r"|delighted)\b(?:,? \S+){0,6}? (?:interest(?:ed)?|considering|consideration)\b(?: (?:in|for|us"
        r"|\w+)){0,2}",
        guard=Guard.NONE,
    ),
    rule(
        "en.confirmation.received",
        _CONFIRMATION,
        5,
        rf"\b(?:receiv\w+|recieved|got|submitted|sent in|receipt of|acknowledg\w+|logged|registered"
        rf"|recorded)\b(?! (?:an?|so|over"
        rf"|a large|many|several|hundreds|thousands|more) )(?:,? \S+){{0,6}}? {_APPLICATION}\b"
        rf"|\b{_APPLICATION}\b(?:,? \S+){{0,14}}? (?:(?:has|have|was|is"
        rf"|were)(?:,? [\w']+){{0,3}}? )?(?:receiv\w+|recieved|submitted|been sent|was sent|delivered"
        rf"|landed|reached us|safely|uploaded|forwarded|in our hands|logged|registered|transmitted"
        rf"|came through|is in\b"
        rf"|come through|arrived)\b|\b(?:receiv\w+|have|got) (?:the|your"
        rf"|all (?:of )?your) (?:\w+ )?(?:materials|documents|submission|information)\b",
    ),
    rule(
        "en.confirmation.subject",
        _CONFIRMATION,
        5,
        r"\b(?:application|submission) (?:[\w']+ ){0,2}?(?:received|confirmation|submitted|acknowledg\w+"
        r"|confirmed|complete[d]?|receipt|successful)\b|\bconfirm\w* (?:\S+ ){0,4}?application"
        r"|\bthank\w* (?:you )?for (?:applying|your application)|^indeed application:|\bapplied (?:for"
        r"|to)\b|\bapplication (?:\S+ ){0,6}?was sent\b|\backnowledg\w+ (?:of |your "
        r"|for ){0,2}(?:job )?application",
        where="subject",
        guard=Guard.NONE,
        context=3.0,
    ),
    rule(
        "en.confirmation.in_our_system",
        _CONFIRMATION,
        3.5,
        r"\b(?:application|resume|cv|materials|profile|submission)\b(?:,? \S+){0,4}? (?:is|are) (?:now "
        r"|safely )?"
        r"(?:with|in the hands of|on (?:its|their) way to) (?:the|our)\b|\b(?:put|added|entered"
        r"|logged) you (?:in|into|to) (?:our|the) (?:system|database|pipeline"
        r"|process)\b|\bapplication acknowledg\w+|\bworking our way through\b|\bhave your application\b"
        r"|\bapplication (?:\S+ ){0,7}?made it\b|\bcheck your (?:documents|application|resume)\b"
        r"|\bcome back to you\b|\bwill review (?:it )?(?:when|once|as soon)\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.confirmation.processed",
        _CONFIRMATION,
        5,
        r"\b(?:processed|completed|accepted) the submission of your\b|\bapplication complete\b"
        r"|\b(?:application|resume"
        r"|cv|profile|submission) (?:has been |was |is )?(?:now )?(?:added|saved|entered|filed"
        r"|placed) (?:to|in|into|on)"
        r"\b|\bwe (?:now )?have your (?:details|resume|cv|application|documents)\b",
    ),
    rule(
        "en.confirmation.you_applied",
        _CONFIRMATION,
        3.5,
        r"\byou(?:'ve| have| successfully| recently| just| now| already)* (?:successfully |recently "
        r"|just )?applied (?:for|to|on|at|via|through)|\byou(?:'ve| have)? (?:successfully|just) applied"
        r"|\bsuccessfully (?:applied|submitted)|\bglad (?:that )?you(?:'ve)? applied",
        guard=Guard.NONE,
    ),
    rule(
        "en.confirmation.will_review",
        _CONFIRMATION,
        3.5,
        r"\b(?:will|'ll|going to|are|is|currently|being|begin\w*|now|team|we|we're|shall|start\w*|soon"
        r"|process of|look forward to|shortly)\b(?:,? [\w']+){0,4}? (?:review(?:ing|ed)?|consider(?:ing"
        r"|ed)?|evaluat\w+|assess(?:ing|ed)?|work(?:ing)? (?:our way )?through|look(?:ing)? (?:at|over"
        r"|through|forward to review\w*)|go(?:ing)? (?:over|through)|screen(?:ing|ed)?"
        r"|read(?:ing)?(?: through)?)\b(?:,? \S+){0,6}? ?(?:your|application|candida\w+|resum\w+|cv"
        r"|qualif\w+|experience|background|skills|profile|submission|details|it\b|information"
        r"|applicants)|\b(?:application|resume|profile|candidacy|submission|background|qualifications"
        r"|information|details|it)\b(?:,? \S+){0,6}? (?:(?:is|are|will|being|be|now"
        r"|currently)(?:,? [\w']+){0,4}? )(?:reviewed|considered|under review|evaluated|assessed"
        r"|in review|screened|under consideration|forwarded|passed)",
    ),
    rule(
        "en.confirmation.contact_if",
        _CONFIRMATION,
        3.5,
        r"\b(?:if|should|whether|once|when|only)\b(?:,? \S+){0,20}? (?:contact\w*|in touch|reach(?:ing"
        r"|ed)? out|hear (?:from|back)|get back|notif\w+|be invited|next steps?|follow(?:ing)? up"
        r"|give you)|\b(?:contact\w*|in touch|reach(?:ing)? out|hear from|notif\w+|get back to"
        r"|get in touch|follow up with)\b(?:,? \S+){0,10}? (?:if|should|once|when|those|whose|regarding"
        r"|about) ",
        guard=Guard.NONE,
    ),
    rule(
        "en.confirmation.in_touch_soon",
        _CONFIRMATION,
        2.5,
        r"\b(?:will|'ll|shall|can expect|aim to|try to|we'd|expect to)\b(?:,? [\w']+){0,6}? (?:in touch"
        r"|contact|hear|reach out|get back|respond|follow up|update you|let you know|notify)"
        r"|\b(?:be in touch|get in touch|hear back|hear from us)\b",
    ),
    rule(
        "en.confirmation.while_you_wait",
        _CONFIRMATION,
        2.5,
        r"\b(?:check|track|view|monitor|follow|see) (?:\S+ ){0,3}?(?:status|progress)\b"
        r"|\bwhat happens (?:next|now)|\bwhat to expect|\bin the meantime|\bmeanwhile,|\bwhile you wait",
        guard=Guard.NONE,
    ),
)

_TEST_NAMES = (
    r"(?:online |technical |coding |skills? |aptitude |cognitive |personality |pre-?employment "
    r"|pre-?hire |pre-?screen\w* |game-based |work[- ]style |video |written |case |logic |programming "
    r"|candidate |hiring |situational judg\w+ |numerical |verbal |behaviou?ral |short |\d+[- ]minute "
    r"|data |sql |psychometric |typing |english |language |virtual |required )"
)
_TEST = (
    rf"(?:{_TEST_NAMES}*(?:assessments?|challenges?|tests?|quiz(?:zes)?|exercises?|assignments?"
    rf"|(?:programming|coding|technical|small|test|sample|sql|python|design|writing) tasks?|simulations?"
    rf"|hackerrank|codility|codesignal|testgorilla|questionnaire|work sample|take[- ]home(?: \w+)?"
    rf"|homework|case stud(?:y|ies)|(?:short |online |cognitive |assessment |a |\d+ )+games?|(?:small"
    rf"|short|mini|sample) project|general coding (?:framework|assessment)|evaluation)|hackathon|oa)"
)

_ASSESSMENTS: Final = (
    rule(
        "en.assessment.invited",
        _ASSESSMENT,
        7,
        rf"\b(?:invit\w+|like you to|love (?:for )?you to|ask(?:ing|ed)? (?:that )?(?:you|everyone"
        rf"|every candidate|all \w+|candidates)(?: to)?|need you to|request\w* (?:that )?you"
        rf"|require\w* (?:to|that you)|asked to|required to|have been (?:asked|selected) to|want you to"
        rf"|sent you|send you|sending you|assigned)\b(?:(?! (?:interview|survey"
        rf"|feedback)) \S+){{0,9}}? (?:complet\w+|tak(?:e|ing)|solv\w+|do|participate in|sit|perform"
        rf"|finish|undertake|attempt|submit|to|for|an?|the|our"
        rf"|following) (?:\S+ ){{0,6}}?{_TEST}\b(?! (?:engineer|analyst|manager|lead|specialist|center"
        rf"|centre))",
        context=1.5,
    ),
    rule(
        "en.assessment.please_complete",
        _ASSESSMENT,
        6,
        rf"(?:^|, )(?:take|complete|finish|submit|start) (?:the|our|this|your) (?:\S+ ){{0,3}}?{_TEST}\b"
        rf"|\b(?:please|must|kindly|need to|should|can|to) (?:[\w']+ ){{0,3}}?(?:complete|take"
        rf"|fill (?:out|in)|play|prepare|work on|answer|solve|finish|start|begin|submit|perform|access"
        rf"|find attached|find)\b(?:,? \S+){{0,7}}? {_TEST}\b(?! (?:engineer|analyst|manager|lead"
        rf"|specialist))",
        context=1.5,
    ),
    rule(
        "en.assessment.following",
        _ASSESSMENT,
        5,
        r"\b(?:like|invit\w+|ask\w*|want|need) you to (?:complete|take|prepare) (?:the following"
        r"|an? (?:\w+ )?(?:case|presentation|exercise))\b|\bprepare (?:an? |the |your )(?:short "
        r"|brief )?(?:case|presentation|case study)\b",
        context=1.5,
    ),
    rule(
        "en.assessment.named",
        _ASSESSMENT,
        5,
        r"\b(?:codesignal|hackerrank|codility|testgorilla|predictive index|wonderlic|hirevue|pymetrics"
        r"|testdome|criteria|coderbyte|karat|imocha|mettl|plum"
        r"|arctic shores) (?:[\w'-]+ ){0,2}?(?:assessment|test|challenge|games|exercise|survey"
        r"|interview)\b|\btake[- ]home (?:assignment|exercise|test|task|challenge|project|assessment)\b"
        r"|\b(?:here's|here is|attached is|this is) (?:the|your|our|a) (?:\w+[- ]){0,2}?(?:assignment"
        r"|assessment|challenge|exercise|test|link to the (?:assessment|test))\b",
        context=2.0,
    ),
    rule(
        "en.assessment.next_step",
        _ASSESSMENT,
        6,
        rf"\bnext (?:step|stage|round|phase)s?\b(?:(?! interview) \S+){{0,14}}? {_TEST}\b",
        context=2.0,
    ),
    rule(
        "en.assessment.reminder",
        _ASSESSMENT,
        6,
        rf"\b(?:reminder|expir\w+|deadline|not yet|haven't|days (?:left|remaining)|pending|incomplete"
        rf"|outstanding|due)\b:?(?:,? \S+){{0,9}}? {_TEST}\b|\b{_TEST}\b(?:,? \S+){{0,8}}? (?:expir\w+"
        rf"|deadline|incomplete|is due|still (?:waiting|pending)|not (?:yet )?(?:been )?(?:completed|started"
        rf"|finished)|is (?:ready|waiting|available)|awaits)",
        context=1.5,
    ),
    rule(
        "en.assessment.subject",
        _ASSESSMENT,
        5,
        rf"\b(?:invit\w+|complete|your|next steps?|action required|reminder|link to|access"
        rf"|take)\b(?:,? \S+){{0,6}}? {_TEST}\b(?! (?:has|was|is|have) (?:been )?(?:submitted|received"
        rf"|complete))|\b{_TEST}\b(?! (?:has been|was) (?:submitted"
        rf"|received))(?:,? \S+){{0,4}}? (?:invit\w+|reminder|for|from|link|instructions)\b|\b(?:coding"
        rf"|technical|online|programming) (?:assessment|challenge|test|exercise|task)\b",
        where="subject",
        context=2.0,
    ),
    rule(
        "en.assessment.do_it",
        _ASSESSMENT,
        6,
        rf"\b(?:link to|access to|invitation to|next up is|time for|start|begin) (?:your|the|our"
        rf"|an?) (?:\S+ ){{0,2}}?{_TEST}\b"
        rf"|\b(?:hours|days|minutes) (?:left |remaining )?to (?:complete|finish|take|submit|solve) (?:your"
        rf"|the|our|this)"
        rf" (?:\S+ ){{0,2}}?{_TEST}\b|\b(?:submit|upload|send|return) (?:us )?(?:your|the) (?:solution"
        rf"|answers|code|results?)"
        rf" (?:to|for|of) (?:the|our|this) (?:\S+ ){{0,2}}?{_TEST}\b|\bdo the (?:\w+ )?(?:exercise|task"
        rf"|test|challenge) below\b",
        context=1.0,
    ),
    rule(
        "en.assessment.duration",
        _ASSESSMENT,
        3,
        rf"\b{_TEST}\b(?:,? \S+){{0,8}}? (?:\d+|one|two|three|four|an?|ninety|sixty"
        rf"|thirty)[ -](?:\d+ )?(?:minutes?|hours?|mins?)\b|\bonce you (?:start"
        rf"|begin)\b(?:,? \S+){{0,6}}? (?:minutes|hours)",
        guard=Guard.NONE,
    ),
    rule(
        "en.assessment.work_sample",
        _ASSESSMENT,
        7,
        r"\b(?:do|doing|take|complete|completing|solve|send|here's|here is|attached is|enclosed is"
        r"|next step:?"
        r"|next:) (?:\S+ ){0,4}?(?:work sample|homework|exercise|case study|take[- ]home|coding task)\b"
        r"|\bhere(?:'s| is) (?:the|your) task\b"
        r"|(?:^|[-:,] )(?:your |the |a )?(?:work sample|homework|take[- ]home)$",
        context=1.0,
    ),
    rule(
        "en.assessment.record_answers",
        _ASSESSMENT,
        7,
        r"\brecord (?:\S+ ){0,3}?(?:answers?|responses?|video)\b|\brecord now\b|\bvideo questions?\b"
        r"|\b(?:one-way|on-demand|asynchronous|pre-?recorded) (?:video )?(?:questions?|answers?"
        r"|assessment)\b",
        context=1.5,
    ),
)

_TALK = (
    r"(?:(?:\w+[- ]){0,2}?interviews?|phone (?:screen\w*|call|interview|chat|conversation)|(?:video|zoom"
    r"|teams|introductory|intro|initial|screening|exploratory|technical|recruiter|quick|brief|short"
    r"|follow[- ]up|discovery|telephone|informal|virtual|\d+[- ]min\w*) (?:\w+ )?(?:call|screen\w*|chat"
    r"|conversation|discussion|meeting|interview|session)|call|chat|conversation|discussion|meeting"
    r"|screen(?:ing)?|onsite|on-site|site visit|time to (?:talk|speak|chat|connect|meet))"
)

_DAY_OR_HOUR = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|tomorrow\b|today\b|\d{1,2}[:.]\d\d\b|\d{1,2} ?[ap]m\b)"
)

_INTERVIEWS: Final = (
    rule(
        "en.interview.invited",
        _INTERVIEW,
        7.5,
        r"\b(?:like|love|want|wish|keen) to interview you\b|\b(?:invit\w+|like to (?:\w+ )?(?:schedule"
        r"|arrange|set up|book|interview|move|proceed|have|conduct|offer)|love to (?:schedule|interview"
        r"|invite|set up|have)|pleased to (?:schedule|offer|confirm|inform)"
        r"|schedul\w+ (?:you )?(?:for )?|happy to (?:schedule|offer|invite)|want to (?:schedule|set up"
        r"|interview|invite)|select(?:ed)? (?:you )?for|shortlisted for|set up|arrang\w+|book"
        r"|move (?:you )?forward (?:to|with)|advanc\w+ (?:you )?to|progress(?:ed)? (?:you )?to"
        r"|proceed (?:to|with)|looking to schedule|come in for|participate in|attend|record"
        r"|would be an?)\b(?:,? \S+){0,9}? ?(?:interview(?!er)\w*|(?:second|2nd|third|next|final"
        r"|live) round|full loop|phone screen\w*|onsite|on-site|superday"
        r"|assessment cent\w+)\b(?! (?:tips|guide|prep|question|coach|course))",
        context=1.5,
    ),
    rule(
        "en.interview.availability",
        _INTERVIEW,
        5.5,
        r"\b(?:your|provide|share|send|submit|confirm|indicate|let (?:me|us) know|what is|with"
        r"|some) (?:\S+ ){0,8}?(?:availabilit\w+|(?:time|slot|date|day)s? (?:that|which|when|and)"
        r"|when you(?:'re| are) (?:free|available))|\blet's (?:talk|chat|speak|meet)\b|\bhalf an hour\b"
        r"|\b(?:few|some|couple of) windows\b|\bgood time (?:to|for)\b|\bhow (?:does|would"
        r"|is) (?:\S+ ){1,6}?(?:look|sound|work|suit)\b|\bgive me (?:\w+ ){0,2}?(?:dates|times|slots)\b"
        r"|\b(?:works|work) for (?:us|me)\b|\bwhen could you\b|\b(?:got|have|find|spare|take"
        r"|grab) (?:\S+ ){0,2}?(?:\d+|a few|fifteen|twenty|thirty) ?min\w* (?:\S+ ){0,3}?(?:to|for)\b"
        r"|\bare you (?:[\w']+ ){0,2}?(?:available|free)\b|\b(?:pick|choose|select|find|book"
        r"|schedule) (?:\S+ ){0,5}?(?:time|slot|date|day)s?\b|\b(?:what|which"
        r"|when) (?:\S+ ){0,4}?(?:time|day|date|slot)s? (?:\S+ ){0,3}?(?:work|suit|available|free"
        r"|convenient|best)|\b(?:book|schedule|calendly|calendar) (?:\S+ ){0,5}?(?:link|time|below|here)"
        r"|\bwould (?:\S+ ){0,6}?(?:work|suit) (?:for )?you\b",
    ),
    rule(
        "en.interview.schedule_talk",
        _INTERVIEW,
        5.5,
        rf"\b(?:could|can|would) you (?:\w+ )?(?:do|join|make|hop on|jump on|take|manage) (?:an? |the |our )?"
        rf"(?:\S+ ){{0,3}}?{_TALK}\b|\b(?:schedul\w+|arrang\w+|set(?:ting)? up|book\w*|organi[sz]e"
        rf"|reschedul\w+|coordinat\w+"
        rf"|invit\w+|plan|hop on|jump on|have an?|pick a time for|move (?:you )?(?:on "
        rf"|forward )?to) (?:\S+ ){{0,7}}?{_TALK}\b(?! (?:tips|guide|prep|question|coach|course|center"
        rf"|centre))",
    ),
    rule(
        "en.interview.confirmed",
        _INTERVIEW,
        6,
        r"\b(?:your|the|this|our|an?) (?:\S+ ){0,4}?(?:interview|phone screen|recruiter screen|onsite"
        r"|on-site|call|meeting)\b(?:,? \S+){0,24}? (?:(?:is|has been|have been"
        r"|was) (?:\w+ )?(?:confirmed|scheduled|booked|rescheduled|cancel\w+|moved|set|planned|postponed"
        r"|set up|arranged)|will (?:be held|take place|be (?:with|on|at|conducted)|last))"
        r"|\b(?:confirm\w*|scheduled?|booked|rescheduled?|reminder|cancel\w+|upcoming|details (?:for"
        r"|of))\b:? (?:\S+ ){0,7}?(?:interview|phone screen|recruiter screen|onsite)\b(?!er| (?:tips"
        r"|prep|question|coach|course|request))",
        context=1.0,
    ),
    rule(
        "en.interview.look_forward",
        _INTERVIEW,
        4,
        r"\b(?:look(?:ing)? forward to|excited to|can't wait to|see you) (?:\S+ ){0,3}?(?:meet\w*"
        r"|speak\w*|talk\w*|chat\w*|interview\w*|(?:on|at|next|tomorrow|monday|tuesday|wednesday"
        r"|thursday|friday))\b",
    ),
    rule(
        "en.interview.cannot_make_it",
        _INTERVIEW,
        6,
        r"\b(?:cannot|can't|unable to|won't be able to|have to|need to) (?:do|make|hold|attend|keep|move"
        r"|postpone|cancel|reschedule) (?:the|our|your|this|tomorrow's"
        r"|today's) (?:\S+ ){0,3}?(?:interview|phone screen|onsite)\b",
        guard=Guard.NONE,
        context=2.0,
    ),
    rule(
        "en.interview.round",
        _INTERVIEW,
        4,
        r"\b(?:1st|first|2nd|second|3rd|third|final|last|next)[- ]round\b",
        where="subject",
        context=2.0,
    ),
    rule(
        "en.interview.visit",
        _INTERVIEW,
        6,
        r"\b(?:schedule|agenda|details|plan) (?:for|of) your (?:visit|interview|onsite|on-site|day|call"
        r"|meeting)\b|\bpassed the (?:first|second|third|last|phone|initial) (?:round|stage|screen"
        r"|interview)\b|\b(?:selection|interview) panel\b|\bpairing session\b|\bculture (?:chat"
        r"|interview)\b|\bfull loop\b|\bcome in and meet\b",
        context=2.0,
    ),
    rule(
        "en.interview.calendar_subject",
        _INTERVIEW,
        6,
        r"^(?:re: |fwd?: )*(?:updated |new )?(?:invitation|invite|cancel+ed(?: event)?|updated"
        r"|rescheduled|confirmed|reminder|accepted)\b[^\n]{0,60}\b(?:interview|phone screen"
        r"|recruiter screen|screening call)\b",
        where="subject",
        context=2.5,
    ),
    rule(
        "en.interview.subject",
        _INTERVIEW,
        5,
        r"\b(?:interview|phone screen\w*|recruiter screen|screening call"
        r"|intro call)\b(?! with [a-z]+ [a-z]+$| request| (?:tips|guide|prep|question|coach|course"
        r"|experience|feedback|process|survey))",
        where="subject",
    ),
    rule(
        "en.interview.open_conversation",
        _INTERVIEW,
        3.5,
        r"\b(?:open to|up for|free for|available for|time for|good time for) (?:an? |another "
        r"|the )?(?:\w+ )?(?:call|chat|conversation|meeting|interview)\b",
    ),
    rule(
        "en.interview.like_to_talk",
        _INTERVIEW,
        4,
        r"\b(?:interested in|look forward to) (?:speaking|talking|meeting|chatting)\b|\b(?:would like"
        r"|would love|'d like|'d love|want|hoping|keen|eager|great|excited)(?: \w+)? to (?:(?:find|grab"
        r"|take|have|get|spend|set aside) (?:\S+ ){0,4}?(?:to|for) (?:an? )?)?(?:[\w']+ ){0,2}?(?:speak"
        r"|talk|chat|meet|connect|learn more|discuss|get to know|hear more|interview"
        r"|have a (?:\w+ )?(?:chat|call|conversation))\b",
    ),
    rule(
        "en.interview.speaking_with",
        _INTERVIEW,
        5,
        r"\byou(?:'re| are|'ll be| will be) (?:speaking|meeting|talking|chatting|interviewing) (?:with"
        r"|to)\b|\b(?:bring|have|invite|get) you (?:in|onsite|on-site|back|to our office"
        r"|into our office)\b|\b(?:come|stop) (?:in|by|into) (?:to |for )?(?:\w+ )?(?:meet|interview"
        r"|office|chat)",
    ),
    rule(
        "en.interview.meet",
        _INTERVIEW,
        4.5,
        r"\bare you (?:\w+ )?(?:around|available|free)\b(?:,? \S+){0,5}? to (?:speak|talk|chat|meet"
        r"|connect|discuss)\b"
        r"|\b(?:manager|team|director|lead|cto|ceo|founder|panel|recruiter|head of \w+) (?:would like"
        r"|wants|is keen|is eager)"
        r" to (?:meet|speak|talk|chat|interview)\b|\bconfirm\w* (?:our|your|the) (?:call|chat|meeting"
        r"|conversation)\b"
        r"|\b(?:come|visit|stop by) (?:to |in )?(?:our|the) (?:office|headquarters"
        r"|campus)\b(?:,? \S+){0,4}? interview\b"
        r"|\bmade it to the (?:final|next|second|last|interview) (?:round|stage|phase)\b",
        context=1.0,
    ),
    rule(
        "en.interview.details",
        _INTERVIEW,
        3,
        r"\b(?:zoom|google meet|microsoft teams|meeting id|dial[- ]in|you will (?:be )?meet\w*"
        r"|meet with (?:\w+ )?interviewers?|your interviewers?|interview panel|video conference)\b|^when:",
        guard=Guard.NONE,
    ),
    rule(
        "en.interview.move_to_next",
        _INTERVIEW,
        3.5,
        r"\b(?:mov\w+|advanc\w+|progress\w*|proceed\w*|invit\w+|select\w+|like|continu\w+"
        r"|pass\w+) (?:\S+ ){0,7}?(?:next (?:round|stage|step|phase)|final (?:round|stage))|\bmov(?:e"
        r"|ing) (?:you forward|forward with (?:you\b|your))",
    ),
    rule(
        "en.interview.calls_you",
        _INTERVIEW,
        5.5,
        rf"\b(?:i'm|i am|i'll|i will|we're|we are|we'll|we will|will) (?:be )?(?:call|calling|phone"
        rf"|phoning|ring"
        rf"|ringing) you (?:on |at |this |next |back on )?{_DAY_OR_HOUR}",
    ),
    rule(
        "en.interview.proposes_a_time",
        _INTERVIEW,
        5.5,
        rf"\b(?:can|could|would) (?:you|we) (?:[\w']+ ){{0,2}}?(?:do|make|manage|meet|speak"
        rf"|talk) (?:it )?(?:on"
        rf"|at|for)? ?{_DAY_OR_HOUR}|\b(?:how about|what about|shall we say|would|does"
        rf") (?:on )?{_DAY_OR_HOUR}"
        rf"(?!, which)|\bmov(?:e|ed|ing) (?:our|the|your) (?:call|chat|conversation|meeting|interview"
        rf"|appointment)\b",
    ),
    rule(
        "en.interview.see_you",
        _INTERVIEW,
        5,
        r"\b(?:like|love|keen|wants?|happy|glad) to (?:see|meet) you\b|\bcoffee with you\b|\b(?:selection"
        r"|assessment|interview|recruiting|hiring) day\b|\bto meet the team\b",
    ),
)

_OFFERS: Final = (
    rule(
        "en.offer.pleased_to_offer",
        _OFFER,
        7,
        r"\b(?:pleased|delighted|happy|excited|thrilled|glad|proud|like|pleasure|love"
        r"|honou?red)(?:,? [\w']+){0,2}? to (?:[\w']+ ){0,4}?(?:offer (?:you|an?|the)"
        r"|extend (?:\S+ ){0,5}?offer|make (?:\S+ ){0,4}?offer|present (?:\S+ ){0,6}?offer"
        r"|confirm (?:\S+ ){0,5}?offer|inform (?:\S+ ){0,8}?offer)(?! (?:of )?(?:an? )?(?:interview"
        r"|phone|\d|discount|free|special|opportunity to interview|the opportunity to interview"
        r"|you (?:an? )?(?:\w+ )?(?:interview|phone|discount|chance|free|\d|exclusive|special"
        r"|opportunity to)))",
    ),
    rule(
        "en.offer.letter",
        _OFFER,
        6,
        r"\b(?:your|attached|sign\w*|review\w*|the|formal|written|an|this|our|find|send\w*|enclosed"
        r"|conditional|verbal|initial)\b(?:,? \S+){0,7}? (?:offer letter|offer of employment"
        r"|employment (?:contract|agreement|offer)|contract of employment|letter of offer|job offer"
        r"|formal offer|written offer|verbal offer)\b",
        context=2.5,
    ),
    rule(
        "en.offer.subject",
        _OFFER,
        5.5,
        r"\b(?:job offer|offer letter|offer of employment|employment (?:offer|contract|agreement)"
        r"|your offer|offer for|formal offer|updated offer|revised offer|verbal offer|written offer"
        r"|conditional offer|offer from|contract of employment|offer details|letter of offer"
        r"|offer extended|offer -)(?!\w)",
        where="subject",
        context=2.0,
    ),
    rule(
        "en.offer.terms",
        _OFFER,
        4,
        r"\b(?:your|the|an?) (?:[\w']+ ){0,3}?(?:base|annual|starting|gross|yearly) (?:\w+ )?(?:salary"
        r"|compensation|pay)\b(?:,? \S+){0,3}? (?:will be|is|of)|\bbase (?:salary |pay )?of \$?\d"
        r"|\b\d+k base|\btarget bonus|\bstart(?:ing)? date (?:of|will be|is)|\b(?:sign-?on"
        r"|signing) bonus\b|\bannual(?:ized)? (?:base )?salary of",
    ),
    rule(
        "en.offer.accept",
        _OFFER,
        5,
        r"\b(?:accept\w*|sign\w*|countersign\w*|review\w*|regarding|discuss\w*|revised?|updated?"
        r"|extended?|extend\w*|formal|terms of|details of|contents? of|respond to) (?:\S+ ){0,4}?(?:the"
        r"|your|this|our|an|you an|formal|job|employment) (?:[\w']+ ){0,2}?(?<!we )offer\b(?! (?:ends"
        r"|code|valid|expires|period))|\boffer (?:remains|is|will be|expires|stands|will remain) (?:open"
        r"|valid|available)|\boffer is contingent|\bthe offer:",
    ),
    rule(
        "en.offer.appointed",
        _OFFER,
        6.5,
        r"\b(?:appoint|appointing) you (?:to|as)\b|\b(?:accept|confirm) (?:the|your|this) appointment\b"
        r"|\blike you to start (?:on|in)\b|\bwith the title of\b",
        context=2.0,
    ),
    rule(
        "en.offer.you_got_it",
        _OFFER,
        6,
        r"\b(?:wants?|like|love|decided|going|chosen) to hire you\b|\byou (?:got|have got|'ve got|have"
        r"|landed) the (?:job|position|role)\b|\byou(?:'re"
        r"| are) hired\b|\boffer (?:\S+ ){0,3}?is (?:now )?ready\b|\bsend (?:over |you )?(?:the"
        r"|your) contract\b",
        context=2.0,
    ),
    rule(
        "en.offer.offering",
        _OFFER,
        6.5,
        r"\b(?:we're|we are|i'm|i am) offering you (?:the|an?|our) (?:\S+ ){0,3}?(?:role|position|job|post"
        r"|internship"
        r"|contract)\b|\byou(?:'ve been| have been| were|'re| are) (?:selected|chosen|picked|hired) (?:for"
        r"|as) (?:the|our)"
        r" (?:\S+ ){0,4}?(?:position|role|job|post|internship)\b(?! (?:of )?interview)|\bappointment has been"
        r" (?:approved|confirmed)\b|\b(?:raise|increase|improve) (?:\S+ ){0,4}?(?:salary|offer"
        r"|bonus) (?:in|of|to)\b",
        context=1.5,
    ),
    rule(
        "en.offer.letter_attached",
        _OFFER,
        5,
        r"\b(?:formal|revised|updated|offer|employment|signed"
        r"|attached) letter\b(?! of recommendation)(?=.{0,200}(?:base|salary|bonus|start|sign|offer))"
        r"|\bthe offer for (?:\S+ ){1,6}?(?:is|stands|remains|expires)",
    ),
    rule(
        "en.offer.join_us",
        _OFFER,
        4,
        r"\b(?:delighted|thrilled|happy|pleased|love it) if you(?:\'d)? (?:joined|join|would join)\b"
        r"|\bdrawing up (?:the|your) contract\b|\baccept in principle\b|\b(?:love|excited|thrilled"
        r"|delighted|happy|like) (?:to|for) (?:have )?you (?:to )?join (?:\S+ ){1,4}?as\b"
        r"|\b(?:would )?love to have you join\b",
    ),
    rule(
        "en.offer.welcome",
        _OFFER,
        3.5,
        r"\b(?:welcome|welcoming|have) you (?:[\w']+ ){0,2}?(?:to (?:the|our) (?:\w+ )?team|on ?board"
        r"|aboard|join)|\bcongratulations\b(?:,? \S+){0,14}? (?:selected for (?:the|this)|offer|hired)"
        r"|\bwelcome (?:aboard|onboard|to the team)",
    ),
    rule(
        "en.offer.make_you_one",
        _OFFER,
        5,
        r"\b(?:like|love|going|decided|want|wants|pleased|happy|ready|able) to (?:make|extend|send)"
        r" (?:you )?an offer\b(?! to (?!you\b))|\bput together an offer\b",
        context=1.0,
    ),
)

_FOLLOWUPS: Final = (
    rule(
        "en.followup.verify_account",
        _FOLLOWUP,
        6,
        r"\b(?:verify|confirm|activate|validate) (?:\S+ ){0,3}?(?:account|e-?mail|identity|profile)\b"
        r"|\b(?:account|e-?mail) (?:\w+ )?(?:verification|activation)\b|\b(?:reset|change|forgot\w*"
        r"|create|set) (?:\S+ ){0,3}?password|\bpassword (?:\w+ )?reset|\b(?:account"
        r"|profile) (?:has been|was|is) (?:\w+ )?(?:created|activated|registered)|\b(?:creat\w+"
        r"|register\w+) (?:\S+ ){0,3}?(?:account|profile)\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.followup.code",
        _FOLLOWUP,
        6,
        r"\b(?:security|verification|one[- ]time|access|authentication|confirmation|login"
        r"|sign-in) (?:\w+ )?(?:code|passcode|pin|password)\b|\bone-time pass|\benter (?:the"
        r"|this) (?:\S+ )?code",
        guard=Guard.NONE,
    ),
    rule(
        "en.followup.withdrawn",
        _FOLLOWUP,
        9,
        r"\b(?:you(?:'ve| have)?(?:,? [\w']+){0,2}? (?:withdrawn|withdrew)"
        r"|your (?:\S+ ){0,6}?(?:has been|was|is|been) (?:\w+ )?withdrawn|withdrawal of your"
        r"|your (?:\w+ )?withdrawal|withdrawn your|application (?:\S+ ){0,6}?(?:has been "
        r"|was )?withdrawn|withdraw\w* (?:confirm\w*|from consideration)|request to withdraw"
        r"|confirm\w* (?:\S+ ){0,5}?withdr\w+|decision to withdraw)",
        context=2.0,
    ),
    rule(
        "en.followup.finish_application",
        _FOLLOWUP,
        7,
        r"\b(?<!^to )(?<!order to )(?:finish|complete|continue|resume|submit|return to|pick up"
        r"|finalize) (?:your|an) (?:\S+ ){0,4}?application\b(?! (?:process will|review))"
        r"|\bapplication (?:\S+ ){0,6}?(?:incomplete|not (?:yet )?(?:been )?(?:complete|submitted)"
        r"|unfinished|in progress|saved as|draft|is almost)|\b(?:started|began"
        r"|begun) (?:\S+ ){0,4}?(?:application|applying)|\b(?:incomplete|unfinished|draft"
        r"|saved) (?:\w+ )?application|\bdid(?: not|n't) (?:finish|complete|submit)|\b(?:have not"
        r"|haven't|not yet) (?:yet )?(?:finished|completed|submitted) your (?:[\w']+ ){0,2}?application"
        r"|\bfinish applying",
        guard=Guard.CONDITION_OR_NEGATION,
    ),
    rule(
        "en.followup.references",
        _FOLLOWUP,
        6,
        r"\b(?:reference (?:check\w*|request|form|letter)|referees?|(?:professional|list of"
        r"|contact details? of|provide|three|two|share) (?:\S+ ){0,4}?references)\b(?! number)",
        context=2.0,
    ),
    rule(
        "en.followup.background_check",
        _FOLLOWUP,
        6,
        r"\bbackground (?:check|screening|investigation|verification)|\bdrug (?:test|screen)\w*"
        r"|\bright[- ]to[- ]work (?:check|document)\w*|\bform i-?9|\bi-9 form|\bonboarding (?:task"
        r"|document|paperwork|form|portal)\w*|\bnew hire paperwork",
        context=1.0,
    ),
    rule(
        "en.followup.on_hold",
        _FOLLOWUP,
        7,
        r"\bhiring (?:freeze|pause)|\b(?:position|role|job|opening|hiring|search|recruit\w+|requisition"
        r"|vacancy|applications?|process|candidacy|plans)\b(?:,? \S+){0,9}? (?:on hold(?! until)"
        r"|on pause|frozen|paus(?:e|ed|ing)|postpon\w+|temporarily (?:suspended|stopped))\b|\b(?:put"
        r"|place|placed|putting|placing|paus(?:e|ed|ing)|freez\w+|postpon\w+"
        r"|suspend\w+) (?:\S+ ){0,5}?(?:position|role|hiring|search|recruit\w+|requisition|process"
        r"|on hold)",
        guard=Guard.CONDITION,
    ),
    rule(
        "en.followup.data_consent",
        _FOLLOWUP,
        6,
        r"\b(?:consent|permission) (?:\S+ ){0,8}?(?:store|keep|retain|process|data)|\b(?:delete"
        r"|deletion of|removed?|erase) your (?:personal |candidate |applicant )*(?:data|information"
        r"|details)\b|\bdata retention|\bretention policy|\bkeep (?:your data|it) for future",
        guard=Guard.NONE,
    ),
    rule(
        "en.followup.task",
        _FOLLOWUP,
        7,
        r"\b(?:outstanding|open|pending|new|a) tasks? (?:\S+ ){0,5}?(?:application|waiting"
        r"|candidate home|candidate|inbox)|\btask (?:waiting )?in (?:your )?candidate home"
        r"|\breview documents",
    ),
    rule(
        "en.followup.first_day",
        _FOLLOWUP,
        5,
        r"\b(?:first[- ]day|your laptop|day one|orientation schedule|new hire)\b",
        context=1.5,
    ),
    rule(
        "en.followup.travel",
        _FOLLOWUP,
        6,
        r"\b(?:reimburse\w*|travel expenses?|travel arrangements?)\b",
        context=1.5,
    ),
    rule(
        "en.followup.your_application",
        _FOLLOWUP,
        1.5,
        r"^(?:re: ?)*your (?:\S+ ){0,3}?application\b|\b(?:update|question|regarding|about|status of"
        r"|on)\b(?:,? [\w']+){0,4}? your (?:\S+ ){0,5}?application\b",
        where="subject",
        guard=Guard.NONE,
        context=1.0,
    ),
    rule(
        "en.followup.question",
        _FOLLOWUP,
        5.5,
        r"\b(?:had|have|has|with) (?:a |one |some |few "
        r"|couple of )*(?:\w+ )?questions? (?:\S+ ){0,3}?(?:yours|your application|your resume|your cv"
        r"|before|regarding your)|\bone question\b|\byour current salary\b|\bnothing to report\b"
        r"|\bsent you a message about\b|\byour notice period|\byour salary (?:expectation|requirement)s?",
        guard=Guard.NONE,
    ),
    rule(
        "en.followup.status_changed",
        _FOLLOWUP,
        5.5,
        r"\bstatus (?:of your \S+ )?(?:has|was|have) (?:recently )?(?:been )?(?:changed|updated)\b"
        r"|\b(?:changed|updated?) (?:to|in|on) the status\b|\bstatus (?:change|update)\b",
        context=1.0,
    ),
    rule(
        "en.followup.still_interested",
        _FOLLOWUP,
        6,
        r"\b(?:tell|let) us (?:know )?(?:if|whether) you(?:'re| are|'d)? still"
        r"|\bare you still (?:interested|looking|available)|\bstill (?:like|want|wish) to be considered"
        r"|\bstill interested in\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.followup.survey",
        _FOLLOWUP,
        6.5,
        r"\b(?:tell us|share|rate|describe)\b(?:,? \S+){0,6}? experience as an? (?:candidate|applicant)\b"
        r"|\b(?:hiring|recruit\w+|interview\w*|application) process\b(?:,? \S+){0,14}? survey\b"
        r"|\b(?:candidate|application|interview|applicant|recruitment|recruiting|hiring|applying"
        r"|your) (?:[\w']+ ){0,2}?(?:experience|process)?(?:,? \S+){0,4}? (?:survey|feedback (?:survey"
        r"|form|request))\b|\b(?:survey|feedback|rate|share|tell us|thoughts"
        r"|how was)\b(?:,? \S+){0,10}? (?:(?:candidate|application|interview\w*|applicant|recruitment"
        r"|recruiting|hiring|applying) (?:\w+ )?(?:experience|process)|experience (?:applying"
        r"|interviewing|with our (?:recruit|hiring)))",
        guard=Guard.NONE,
        context=1.5,
    ),
    rule(
        "en.followup.viewed",
        _FOLLOWUP,
        7,
        r"\b(?:application|resume|cv|profile) (?:\S+ ){0,8}?(?:was|has been|been"
        r"|were) (?:\w+ )?(?:viewed|downloaded|opened|seen)\b|\b(?:viewed|downloaded|opened"
        r"|looked at) (?:your|the) (?:\w+ )?(?:application|resume|cv)",
        context=2.0,
    ),
    rule(
        "en.followup.additional_information",
        _FOLLOWUP,
        5.5,
        r"\b(?:requires?|needs?|request\w*|missing) (?:some |the |any )?(?:additional|more"
        r"|further) (?:information|documents?|details)\b|\binformation (?:required|needed)\b"
        r"|\b(?:additional|further|more|missing|supplement\w*|some|few|outstanding"
        r"|required) (?:[\w']+ ){0,2}?(?:information|documents?|details|questions?|materials?"
        r"|documentation|forms?) (?:\S+ ){0,8}?(?:needed|required|from you|for your|to (?:complete"
        r"|process|proceed|continue|move)|about your|regarding your|before)|\b(?:please|could you"
        r"|can you|kindly|need you to|would you|ask you to|asking you to) (?:[\w']+ ){0,2}?(?:provide"
        r"|send|upload|submit|share|supply|confirm|answer|complete|fill|clarify|let (?:me"
        r"|us) know) (?:\S+ ){0,8}?(?:transcripts?|portfolio|references|documents?|work authori[sz]ation"
        r"|sponsor\w+|salary expectations?|salary requirements?|notice period|certificates?|diploma"
        r"|copy of|additional|missing|cover letter|work samples|writing sample|questions|information"
        r"|form|updated (?:resume|cv)|self-identification|visa status|immigration status|eligib\w+"
        r"|relocat\w+)",
        context=1.0,
    ),
    rule(
        "en.followup.self_identification",
        _FOLLOWUP,
        9,
        r"\b(?:voluntary )?self[- ]identif\w+|\bvoluntary (?:\w+ )?disclosure|\beeo (?:form|survey"
        r"|questionnaire)",
        guard=Guard.NONE,
    ),
    rule(
        "en.followup.still_reviewing",
        _FOLLOWUP,
        7.5,
        r"\b(?:still|continu\w+|yet)(?:,? [\w']+){0,4}? (?:review\w*|consider\w*|evaluat\w+"
        r"|in (?:the )?process|under (?:\w+ )?(?:review|consideration)|interview\w*|in the running"
        r"|interested|finali[sz]\w+|mak\w+ (?:a|our|the)|decid\w+|wait\w*|reach\w*|complet\w+|made a)"
        r"|\bbehind (?:in|on|schedule|with)\b|\blet you know either way\b|\bwill remain active\b"
        r"|\b(?:don't|do not) have (?:an|any) (?:update|news|decision)\b|\bhas been reposted\b"
        r"|\btaking (?:[\w']+ ){0,2}?(?:longer|more time)|\blonger than (?:[\w']+ ){0,2}?(?:expected"
        r"|anticipated|usual|planned|hoped|we)|\b(?:application"
        r"|candidacy) (?:\S+ ){0,4}?remains (?:active|under|open|in)|\b(?:apologi\w+"
        r"|sorry) for the (?:\w+ )?delay|\bhaven't forgotten",
    ),
    rule(
        "en.followup.patience",
        _FOLLOWUP,
        4,
        r"\b(?:thank\w*|appreciate)\b(?:,? \S+){0,6}? (?:patience|bearing with|being (?:so )?patient"
        r"|patient)\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.followup.time",
        _FOLLOWUP,
        1.5,
        r"\bthank\w* (?:you )?(?:[\w']+ ){0,3}?for (?:your|the) time\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.followup.after_interview",
        _FOLLOWUP,
        6,
        r"\b(?:thank\w* (?:you )?(?:[\w']+ ){0,3}?for (?:[\w']+ ){0,3}?(?:time (?:today|yesterday|this"
        r"|last|on|with|to (?:speak|meet|interview|talk|chat|visit))|meeting|speaking|interviewing"
        r"|(?:completing|finishing) (?:your|the) (?:[\w']+ )?interview|talking|chatting|coming"
        r"|taking the time to (?:speak|meet|interview|talk))|(?:was"
        r"|it's been) (?:\w+ )?(?:a )?(?:pleasure|great|nice|lovely|good"
        r"|wonderful) (?:\w+ )?(?:to )?(?:meet\w*|speak\w*|talk\w*|chat\w*|interview\w*)"
        r"|enjoyed (?:[\w']+ ){0,2}?(?:meeting|speaking|talking|chatting|our))",
        guard=Guard.NONE,
        context=1.5,
    ),
    rule(
        "en.followup.test_received",
        _FOLLOWUP,
        7,
        rf"\blook at your (?:solution|exercise|submission|code)\b|\byour (?:solution|answers|submission"
        rf"|response) (?:\S+ ){{0,6}}?(?:has been|have been|was|were) (?:successfully )?(?:submitted"
        rf"|received)|\b(?:thank\w* (?:you )?for (?:[\w']+ ){{0,2}}?(?:complet\w+|submitting|taking"
        rf"|finishing|your (?:completed|submission))|(?:you(?:'ve| have)?"
        rf"|successfully) (?:\w+ )?(?:completed|submitted|finished)"
        rf"|received your)\b (?:\S+ ){{0,6}}?{_TEST}\b|\b{_TEST}\b (?:\S+ ){{0,5}}?(?:has been|have been"
        rf"|was|were|is) (?:\w+ )?(?:received|submitted|completed|scored)",
        guard=Guard.CONDITION,
    ),
    rule(
        "en.followup.still_needed",
        _FOLLOWUP,
        6,
        r"\b(?:we|we've|i|i've) (?:have )?(?:cancel+ed|withdrawn|removed"
        r"|deleted) your (?:\w+ )?(?:application|candidacy)\b"
        r"|\bcontact(?:ing)? your (?:\w+ )?(?:references|referees)\b|\bstill (?:need|require|waiting for"
        r"|missing) (?:\w+ )?"
        r"(?:your|the|some|a few)\b|\bsign (?:the|our|an?) (?:nda|non-disclosure)\b",
        context=0.5,
    ),
    rule(
        "en.followup.talent_community",
        _FOLLOWUP,
        5,
        r"\b(?:welcome to|join\w*|thank\w* for joining|signed up for|subscrib\w+ to|added (?:you )?to"
        r"|registered (?:for|with)|part of) (?:\S+ ){0,5}?(?:talent (?:community|network|pool)"
        r"|job seeker)",
        guard=Guard.CONDITION,
        context=2.0,
    ),
    rule(
        "en.followup.transferred",
        _FOLLOWUP,
        4.5,
        r"\b(?:consider\w*|transfer\w*|mov\w+|forward\w*|submitt\w+|added|interested in|refer\w*"
        r"|better fit for|suit\w*) (?:\S+ ){0,8}?(?:another|other|different|alternative"
        r"|similar) (?:[\w']+ ){0,2}?(?:position|role|opening|requisition|job|team)s?\b|\b(?:referred"
        r"|recommended) you (?:for|to)|\bemployee referral",
    ),
    rule(
        "en.followup.application_lacks",
        _FOLLOWUP,
        7,
        r"\b(?:your|the) application (?:\S+ ){0,6}?(?:is missing|lacks|is lacking|does(?:n't| not) (?:contain"
        r"|include|have))\b",
        context=1.5,
    ),
    rule(
        "en.followup.passed_on",
        _FOLLOWUP,
        6,
        r"\b(?:i|i've|i have)(?: just)? (?:passed|forwarded|sent) (?:it|this|that|your availability"
        r"|your (?:answer|reply|note)s?) (?:on )?to (?:the|our) (?:team|(?:hiring )?manager|panel)\b",
        guard=Guard.CONDITION,
        context=1.0,
    ),
    rule(
        "en.followup.updates",
        _FOLLOWUP,
        7,
        r"\bapplication updates\b|\bupdates (?:on|to|about) your applications\b|\bsee all your applications\b"
        r"|\bapplications? viewed\b",
        context=2.0,
    ),
)

_OUTREACHES: Final = (
    rule(
        "en.outreach.came_across",
        _OUTREACH,
        8,
        r"\b(?:came|come|coming|ran|stumbled) (?:[\w']+ )?(?:across|upon|over"
        r"|on) (?:\S+ ){0,5}?(?:profile|background|resum\w+|cv|experience|linkedin|portfolio|github"
        r"|work)\b|\b(?:found|saw|noticed|looking at|looked at|checked out|checking out|discovered"
        r"|spotted|came across) (?:\S+ ){0,3}?(?:your|you on) (?:\S+ ){0,5}?(?:profile|resum\w+|linkedin"
        r"|background|portfolio|github|online)|\b(?:reviewed|reviewing|read|reading|noticed|saw"
        r"|found) (?:\S+ ){0,3}?your (?:\S+ ){0,3}?(?:linkedin|profile on|github|portfolio|(?:resum\w+"
        r"|cv|profile|background) on (?:indeed|dice|monster|careerbuilder|linkedin|ziprecruiter"
        r"|a job board|the web|handshake))|\byour (?:\S+ ){0,6}?(?:caught (?:my|our) (?:eye|attention)"
        r"|stood out|impressed|looks? (?:like )?(?:an? )?(?:\w+ )?(?:great|good|strong|impressive"
        r"|excellent|fit|match|interesting|fantastic|perfect))|\byour (?:resum\w+|profile|cv) (?:on"
        r"|in) (?:indeed|dice|monster|careerbuilder|linkedin|ziprecruiter|our database)\b|\b(?:passed"
        r"|gave) me your (?:name|contact|details|resum\w+)\b|\byou might be (?:looking|open)\b"
        r"|\b(?:noticed|saw|see) (?:that )?you(?:'ve| have|'re| are)? (?:been )?(?:in|at|working|looking"
        r"|currently|open)\b",
        guard=Guard.CONDITION,
    ),
    rule(
        "en.outreach.open_to",
        _OUTREACH,
        6,
        r"\bwould you (?:\w+ )?consider (?:an?|new|other|moving|leaving|joining)\b|\b(?:would|are|be"
        r"|if) you(?:'re| are| be| were)? (?:[\w']+ ){0,3}?(?:open to|interested in"
        r"|considering|curious about|exploring|in the market|on the market|willing to|looking for)\b"
        r"|\bopen to (?:\S+ ){0,3}?(?:chat\w*|conversation|connecting|call|hearing|new|learning"
        r"|discuss\w*|opportunit\w+|exploring|explore|talk\w*|a quick|a brief)|\bany interest\?|\b(?:if"
        r"|whether) (?:you|you're|this) (?:\S+ ){0,6}?(?:open to|would be of interest|be interested"
        r"|is of interest|sounds? (?:interesting|like|of))|\bpique\w* your interest|\bwonder(?:ed"
        r"|ing) (?:whether|if) you(?:'d| would|'re| are| might)"
        r"|\byou'd consider an? (?:new )?(?:opportunity|role|move)|\bworth a (?:\w+ )?(?:chat"
        r"|conversation|call)",
        guard=Guard.NONE,
    ),
    rule(
        "en.outreach.reaching_out",
        _OUTREACH,
        5,
        r"\b(?:reaching out|reached out|wanted to reach out|i reach out"
        r"|reach out to you) (?:\S+ ){0,12}?(?:role|position|opportunit\w+|opening|because|about"
        r"|regarding|with|see if|as)\b|\bi(?:'m| am) (?:\S+ ){0,3}?(?:hiring|recruiting|looking) for"
        r"|\b(?:with|for) (?:a|one of (?:my|our)) (?:[\w']+ )?clients?\b|\bclient (?:who|that) (?:needs"
        r"|is|wants|has)|\b(?:my|our) (?:\w+ )?client(?:s)?(?:,| is| are| has| -)|\bi(?:'m| am) (?:an? "
        r"|the )?(?:[\w']+ ){0,3}?(?:recruiter|talent partner|headhunter|sourcer|talent acquisition"
        r"|talent scout|staffing|recruitment consultant)|\bi (?:lead|run|manage"
        r"|head) (?:\w+ )?recruiting|\bwe(?:'re| are) (?:\w+ )?hiring (?:(?:for )?an?|across|several"
        r"|multiple|for several)\b|\bpointed me (?:to|toward)\w* (?:you|your)\b|\bfancy an?\b"
        r"|\bpartnering with an?\b|\basked me to find\b|\bsearch (?:that )?i(?:'m| am) running\b"
        r"|\bshould this be of interest\b|\bi(?:'m| am) recruiting for\b|\bi (?:won't|will not) (?:write"
        r"|email|message|contact) (?:you )?again|\b(?:i|we) have (?:an?|the|several) (?:\S+ ){0,5}?(?:opening"
        r"|opportunity|role|position|requirement)\b|\b(?:i|we) (?:wanted|want|would like"
        r"|'d like) to (?:connect|introduce|share)",
        guard=Guard.NONE,
    ),
    rule(
        "en.outreach.send_resume",
        _OUTREACH,
        5.5,
        r"\b(?:send|share|forward|reply|respond|email|provide|submit|attach) (?:\S+ ){0,6}?(?:an "
        r"|updated |up-to-date |up to date |latest |most recent |current |your |copy of your "
        r"|word )(?:[\w']+ ){0,2}?(?:resum\w+|cv)\b",
    ),
    rule(
        "en.outreach.contract_terms",
        _OUTREACH,
        5,
        r"\b(?:w-?2|c2c|corp[- ]to[- ]corp|1099)\b|\b(?:immediate|urgent) (?:need|requirement|opening"
        r"|hir\w+)|\b(?:duration|rate|visa|client|job title) ?: |\b\d+\+? months? contract"
        r"|\bcontract[- ]to[- ]hire|\bdirect client|\blong[- ]term contract",
        guard=Guard.NONE,
    ),
    rule(
        "en.outreach.interested_in_you",
        _OUTREACH,
        7,
        r"\bsent you an inmail\b|\binterested in you\b|\bwants? to (?:chat|connect|talk|interview)\b"
        r"|\binterview request\b|\binvit\w+ (?:you )?to apply|\b(?:you|you'd|your (?:\w+ )?(?:background"
        r"|experience|skills|profile)) (?:\S+ ){0,6}?(?:be|make|is|are|seems?"
        r"|looks?) (?:[\w']+ ){0,3}?(?:great|good|strong|excellent|perfect|ideal|potential|fantastic"
        r"|solid) (?:\w+ )?(?:fit|match|candidate|addition)|\bfound your profile|\byou did not apply",
        guard=Guard.CONDITION,
    ),
    rule(
        "en.outreach.you_would_fit",
        _OUTREACH,
        6,
        r"\byou'd (?:fit right in|be a (?:great|good|perfect|strong))|\b(?:interested|curious) (?:in"
        r"|about) (?:hearing|learning"
        r"|finding out) (?:more )?about (?:an?|our|the)\b|\b(?:someone|people|somebody|talent) like you\b"
        r"|\bi represent an?\b"
        r"|\byour name (?:was|came|has been) (?:given|up|passed|suggested|mentioned)\b"
        r"|\bnext career (?:move|step)\b"
        r"|\bcareer move\b|\bmight be interested in an? (?:new |different )?(?:role|position|opportunity"
        r"|job)\b",
        guard=Guard.NONE,
        context=1.5,
    ),
    rule(
        "en.outreach.following_up",
        _OUTREACH,
        4,
        r"\b(?:bump\w*|follow\w* up|circling back|checking in|touching base) (?:\S+ ){0,5}?(?:my|on my"
        r"|earlier|previous|last)\b|\b(?:my|an) (?:earlier|previous|last) (?:note|message|email|mail)"
        r"|\bgot buried",
        guard=Guard.NONE,
    ),
)

_ALERTS: Final = (
    rule(
        "en.alert.new_jobs",
        _ALERT,
        6,
        r"\b\d+\+? (?:new |more |other |recommended |fresh |similar )*(?:jobs?|openings|positions|roles"
        r"|opportunities|vacancies|internships)\b|\b(?:new|latest|recommended|top|hot|hand-?picked"
        r"|similar|more|fresh|best|suggested|matching|featured|recent|today's"
        r"|trending) (?:[\w']+ ){0,2}?(?:jobs|openings|job (?:alert|match|recommendation|posting"
        r"|opportunit|listing|opening)\w*|positions|vacancies|roles|internships)\b|\bjobs? (?:for you"
        r"|you (?:may|might|'ll)|matching|that match|based on|in your area|near you|like this|picked"
        r"|recommend\w+|of the (?:day|week)|from your|we think|in [a-z]+ for you|alert)|\byour (?:daily"
        r"|weekly|job) (?:\w+ )?(?:jobs?|matches|alert|recommendations|digest|search)",
        guard=Guard.NONE,
    ),
    rule(
        "en.alert.alert",
        _ALERT,
        7,
        r"\bjob ?alerts?\b|\bjob agents?\b|\bsaved search|\bjobs? digest|\bcareer alert"
        r"|\bjob match(?:es)?\b|\bsearch agent|\bjob recommendations?\b|\bjob notification"
        r"|\b(?:opportunities|jobs|openings) that match|\bmatch(?:es)? your (?:\w+ )?(?:profile"
        r"|preferences|search|criteria|interests)",
        guard=Guard.NONE,
    ),
    rule(
        "en.alert.apply_now",
        _ALERT,
        3.5,
        r"\bapply (?:now|today)|\beas(?:y|ily) apply|\b1-click apply|\bquick apply|\b(?:see|view"
        r"|browse) (?:all |more |all \d+ |\d+ )*(?:jobs?|openings|positions)\b|\b(?:is|are|now"
        r"|actively) (?:hiring|recruiting)|\bbe an early applicant",
        guard=Guard.NONE,
    ),
    rule(
        "en.alert.people_viewed",
        _ALERT,
        4,
        r"\b(?:also (?:viewed|applied)|jobs? you (?:viewed|saved|may)|saved jobs?|viewed jobs?"
        r"|(?:recently|just) posted|posted (?:today|\d+ days? ago)|hiring now)\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.alert.saved",
        _ALERT,
        8.5,
        r"\byou saved this\b|\b(?:may|might|will|about to) close soon\b|\bapply before (?:it's|it is|they're)"
        r" gone\b|\b(?:job|role|position)s? you(?:'ve| have)? saved\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.alert.digest",
        _ALERT,
        7,
        r"\bwho is hiring\b|\bjobs \(\d+\)|\b\d+ new (?:posts|postings)\b",
        guard=Guard.NONE,
        where="subject",
    ),
    rule(
        "en.alert.news_of_openings",
        _ALERT,
        6.5,
        r"\breceive (?:\S+ ){0,4}?(?:openings|vacancies|jobs) that (?:fit|match|suit)\b"
        r"|\bnot an application for a job\b",
        guard=Guard.NONE,
    ),
)

_NOT_JOBS: Final = (
    rule(
        "en.not_job.receipt",
        _NOT_JOB,
        4,
        r"\b(?:your|this|an?) (?:[\w']+ ){0,3}?(?:order|invoice|payment|shipment|delivery|subscription"
        r"|bill|refund|statement|purchase|booking|reservation|ticket)\b(?:,? \S+){0,6}? (?:has|is|was"
        r"|for|will|of|#|number|confirm\w*|ship\w*|due|expire\w*|available|ready)|\b(?:thanks"
        r"|thank you) for your (?:order|purchase|payment|subscription|donation)|\border summary"
        r"|\bfree returns|\bsubtotal\b|\bpayment method|\btracking number|\border (?:#|number|confirm)",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.sale",
        _NOT_JOB,
        4,
        r"\d% off|\bdiscount\b|\bcoupon|\bpromo(?:tion)?(?:al)? (?:code|offer)|\bfree (?:shipping|trial)"
        r"|\blimited[- ]time|\bspecial (?:offer|price)|\b(?:buy|shop|order|act) now\b|\bblack friday"
        r"|\bmoney[- ]back|\brisk[- ]free|\bexclusive offer|\b(?:summer|winter|clearance|flash) sale"
        r"|\btoll[- ]free|\b100% (?:guarantee|free|legal)|\bguaranteed\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.work_from_home",
        _NOT_JOB,
        7,
        r"\b(?:earn|make) (?:up to )?\d|\b(?:application|registration|processing|enrollment|starter) fee\b"
        r"|\bno experience,? no\b"
        r"|\bearn (?:up to )?\$|\b(?:make|making|made) (?:\S+ ){0,3}?(?:money|\$\d)"
        r"|\bfinancial (?:freedom|independence)|\bbe your own boss|\b(?:extra|residual|passive"
        r"|unlimited) income|\bno experience (?:necessary|needed|required)|\bhome[- ]?based business"
        r"|\bnetwork marketing|\bmlm\b|\bfrom your own home|\bbusiness opportunity|\b(?:work"
        r"|working)[- ](?:from|at)[- ]home\b(?:,? \S+){0,12}? (?:\$|earn|income|money|reps)"
        r"|\bfortune 500 (?:company )?(?:hiring|company, that is growing)|\bquit your (?:day )?job"
        r"|\bfire your boss|\bincome potential|\bhome business",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.degree",
        _NOT_JOB,
        7,
        r"\b(?:university diploma|diplomas? from|non-?accredited|prestigious (?:\S+ )?universit"
        r"|no required tests|obtain a (?:prosperous|degree)|degree from (?:prestigious|an accredited)"
        r"|based on (?:your )?(?:present knowledge|life experience))",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.other_application",
        _NOT_JOB,
        8,
        rf"\b{_OTHER_THING} (?:\w+ )?(?:applications?|request|decision|approval|proposal|committee)\b"
        rf"|\bapplications? (?:\S+ )?(?:for|to|to join|to become) (?:[^\s,.]+ ){{0,6}}?{_OTHER_THING}\b"
        rf"|\bappl(?:ying|ied|y) (?:for|to|to join|to become) (?:[^\s,.]+ ){{0,5}}?{_OTHER_THING}\b"
        r"|\b(?:submitted|your|the) (?:\w+ )?(?:paper|manuscript|abstract|proposal)\b(?:,? \S+){0,10}? "
        r"(?:accept\w*|reject\w*|review\w*|decision)|\b(?:admission|admit\w*) to (?:the|our) "
        r"(?:[\w']+ ){0,3}?(?:class|program|university|college|school)|\boffice of (?:\w+ )?admissions?"
        r"|\binterest in (?:\S+ ){0,3}?(?:card|loan|mortgage|trading options|insurance|membership)\b"
        r"|\b(?:unable to|cannot|could not|couldn't) approve\b|\bapplication (?:was|is"
        r"|has) not (?:been )?approved\b"
        r"|\bopen an account for you\b|\b(?:selected|approved) for (?:funding|the visa)|\bdiversity visa\b"
        r"|\b(?:earn|get|claim) (?:your|the|a) (?:\w+ )?badge\b|\bresubmission\b"
        r"|\badmissions (?:committee|office|officer|counselor|team)|\bpermission (?:has been|is"
        r"|was) (?:refused|granted)"
        r"|\b(?:interview|place|seat|spot|waitlist\w*|offer) (?:\S+ ){0,2}?(?:for|in|on|to) (?:the|our|an?) "
        r"(?:\S+ ){0,2}?(?:doctoral|ph\.?d|mba|jd|master'?s|bachelor'?s|undergraduate|degree|accelerator)\b"
        r"|\bcredit (?:score|limit|line)|\bapplications? (?:to|for) (?:rent|adopt|foster|volunteer|study"
        r"|exhibit"
        r"|trade|borrow)\b|\b(?:apply|applying|applied) to (?:rent|adopt|foster|volunteer|study|exhibit"
        r"|trade)\b",
        guard=Guard.EMPLOYMENT,
    ),
    rule(
        "en.not_job.career_marketing",
        _NOT_JOB,
        8,
        r"\bmock interviews?|\binterview (?:prep\w*|questions|tips|coaching|guide|skills)"
        r"|\bresume (?:review|score|writ\w+|services?|build\w+|template|makeover|checker|scan)"
        r"|\bcareer (?:coach\w*|cent(?:er|re)|services|advis[oe]r|fair|expo)|\bwebinar|\bboot ?camp"
        r"|\b(?:ace|nail) your|\bland (?:your|a|more|that)\b|\btracking systems\b"
        r"|\bour (?:\w+ )?writers\b|\b(?:twice|more) as many interviews|\bresume (?:scored"
        r"|was rejected by \d)|\bdream job|\bget hired|\bnot an offer|\bais?[- ]resume|\b(?:optimi[sz]e"
        r"|improve|boost|tailor) your (?:resume|profile|chances)|\bauto[- ]?apply|\bfree (?:resume"
        r"|course|career)|\btips (?:for|to|on)|\bmasterclass|\benrol+ (?:now|today|in)|\b(?:new|free"
        r"|online|our|this|paid) courses?\b|\bupgrade to|\bwe'll pay you|\breferral bonus"
        r"|\bgot an interview with|\btry premium|\bget certified|\blearn (?:to code|how to)",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.to_employers",
        _NOT_JOB,
        9,
        r"\bour (?:\w+ )?platform (?:sends|helps|lets|makes|automat\w+|saves|finds)\b"
        r"|\b\d+[- ]minute demo\b|\btime[- ]to[- ](?:hire|offer)\b|\battention employers|\bpost (?:a"
        r"|your|the) (?:[\w']+ )?(?:job|jobs|opening|opportunity)\b|\bfill your (?:open|vacant)"
        r"|\breach (?:thousands|millions) of (?:[\w']+ )?candidates|\bhiring\? post",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.credit",
        _NOT_JOB,
        5,
        r"\b(?:rewards? card|statement credit|credit approval|prescreened|pre-?approved|pre-?qualified"
        r"|interest rates?|balance transfer|lowest rates?|refinanc\w+|annual fee)\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.newsletter",
        _NOT_JOB,
        4,
        r"\bnewsletter|\b(?:in )?this (?:week's )?(?:issue|edition)\b|\bthis week (?:in|on|at)"
        r"|\btop stories|\bforward (?:this|to a friend)|\bsubscribers?\b|\bpodcast|\bmailing list\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.list_mail",
        _NOT_JOB,
        5,
        r"\bwrote:|\bmailing list\b|\bmailman\b|\blistinfo\b|\byahoo! groups|\begroups"
        r"|\bpgp signed message|\bsourceforge|\blist maintainer",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.software",
        _NOT_JOB,
        5,
        r"\bpull request|\bworkflow run|\bbuild (?:failed|passed|succeeded)|\brun (?:failed|cancelled)"
        r"|\b(?:merged|opened|closed) (?:issue )?#\d+|\breply to this email directly|\bdependabot"
        r"|\bview it on github|\bcommented on|\bpushed \d+ commits?|\bssh key|\bpersonal access token"
        r"|\brepositor(?:y|ies)\b|\byour (?:deployment|build)\b|\bdeploy(?:ment)? (?:failed|succeeded"
        r"|ready)",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.security",
        _NOT_JOB,
        4,
        r"\bnew (?:sign-?in|login|device)|\b(?:suspicious|unusual) (?:\w+ )?(?:activity|sign|login)"
        r"|\btwo-factor|\b2-step|\bsecurity alert|\bdata breach|\bfraud\b",
        guard=Guard.NONE,
    ),
    rule(
        "en.not_job.private",
        _NOT_JOB,
        4,
        r"\b(?:dentist|dental|doctor's|patients?|prescription|vaccin\w+|check-?up|birthday|dinner"
        r"|vacation|flight|hotel|wedding|church|lottery|inheritance|viagra|pills|lose weight|weight loss"
        r"|casino|enlarge\w*|barrister|toner|debts?|porn\w*|senators?|congress\w*|fundrais\w+|chip in"
        r"|petition|donat\w+)\b",
        guard=Guard.NONE,
    ),
)

RULES: Final[tuple[Rule, ...]] = (
    *_REJECTIONS,
    *_CONFIRMATIONS,
    *_ASSESSMENTS,
    *_INTERVIEWS,
    *_OFFERS,
    *_FOLLOWUPS,
    *_OUTREACHES,
    *_ALERTS,
    *_NOT_JOBS,
)
