"""How mail about jobs speaks in French."""

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

_TEST = (
    r"(?:tests?(?: \w+)?|evaluations?|exercices?|cas pratiques?|etudes? de cas|questionnaires?"
    r"|challenges?|defis?|mises? en situation|quiz|qcm)"
)
_TALK = (
    r"(?:entretiens?|echange(?:r|s)?(?! (?:de|sur) (?:donnees|fichiers))|entrevues?|appel|rendez-vous"
    r"|visio\w*|rencontre|point telephonique|discussion)"
)

RULES: Final[tuple[Rule, ...]] = (
    rule(
        "fr.rejection.no_follow_up",
        _REJECTION,
        7,
        r"\b(?:pas|ne|sans|impossible de|regret\w*)\b(?:,? \S+){0,6}? donn\w+(?:,? \S+){0,4}? suite\b"
        r"|\bdonn\w+ (?:pas|aucune) (?:de )?suite\b|\b(?:pas|ne)\b(?:,? \S+){0,6}? suite (?:favorable"
        r"|positive)\b|\bsuite (?:favorable|positive) ne\b",
        context=1.0,
    ),
    rule(
        "fr.rejection.not_retained",
        _REJECTION,
        7,
        r"\b(?:pas|ne|n'a|n'avons|n'ai|non)\b(?:,? \S+){0,5}? (?:ete )?(?:retenue?s?|retenir|retenons"
        r"|selectionnee?s?|selectionner|abouti|aboutir|poursuivre|poursuivrons|poursuivons|poursuivi"
        r"|poursuivie|continuer|continuerons|presenter|aller plus loin|irons pas|plus loin"
        r"|repondre (?:positivement"
        r"|favorablement)|concretiser|integrer)\b|\b(?:pas|ne)\b(?:,? \S+){0,6}? (?:reponse|suite"
        r"|issue) (?:favorable|positive)|\breponse (?:negative|defavorable)|\bdefavorable\b",
        context=1.0,
    ),
    rule(
        "fr.rejection.other_candidates",
        _REJECTION,
        7,
        r"\b(?:autres?|d'autres|un autre|une autre|plus (?:proches?|adaptee?s?|en adequation)"
        r"|correspondant (?:mieux|davantage|plus))\b(?:,? \S+){0,3}? ?(?:candidat\w*|profils?"
        r"|personnes?)\b(?:,? \S+){0,4}? ?(?:(?:correspond|repond|plus|mieux|davantage|ont|a ete|dont"
        r"|proche|retenu|dispos)\w*)|\b(?:retenu|choisi|privilegi\w+|opte pour|poursuivre avec"
        r"|avancer avec|aller vers|continuer avec|selectionne|recrut\w+|preferer?|prefere"
        r"|donner la priorite a|nous tourner vers|orient\w+)\b(?:,? \S+){0,6}? (?:autres?|d'autres|autre"
        r"|profil\w*|candidat\w*)\b(?:,? \S+){0,3}? ?(?:candidat\w*|profils?|personnes?|plus|qui|dont"
        r"|correspond\w*|interne)|\b(?:candidat\w*|profils?)\b(?:,? \S+){0,4}? (?:correspond\w*"
        r"|repond\w*|plus en adequation|plus proches?) (?:\w+ ){0,2}?(?:mieux|davantage|plus|etroitement"
        r"|a nos|au)",
        context=1.5,
    ),
    rule(
        "fr.rejection.regret",
        _REJECTION,
        5,
        r"\b(?:regret\w*|navree?s?|desolee?s?) (?:\w+ ){0,2}?(?:de|que|d'|vous)|\bavons le regret"
        r"|\bsommes au regret|\ba regret\b|\bmalheureusement\b",
        context=0.5,
    ),
    rule(
        "fr.rejection.not_match",
        _REJECTION,
        5,
        r"\b(?:ne|pas)\b(?:,? \S+){0,5}? (?:correspond\w*|en adequation|adaptee?)\b|\bne correspond\w*\b",
    ),
    rule(
        "fr.rejection.filled",
        _REJECTION,
        6,
        r"\b(?:poste|offre|recrutement|annonce|mission|stage|alternance)\b(?:,? \S+){0,9}? (?:pourvue?"
        r"|annulee?|cloturee?|fermee?|plus (?:disponible|d'actualite|ouverte?|a pourvoir))",
        context=1.0,
    ),
    rule(
        "fr.rejection.keep_on_file",
        _REJECTION,
        2,
        r"\b(?:conserv\w+|gard\w+)\b(?:,? \S+){0,9}? ?(?:candidature|profil|cv|dossier|coordonnees"
        r"|vivier|base)|\bvivier\b|\bcvtheque\b",
        guard=Guard.NONE,
    ),
    rule(
        "fr.rejection.wish_luck",
        _REJECTION,
        2,
        r"\bsouhait\w+(?:,? \S+){0,8}? (?:recherches?|succes|reussite|continuation|chance|projets?|suite"
        r"|avenir|demarches?|parcours)|\bbonne continuation|\bbonne chance",
    ),
    rule(
        "fr.rejection.apply_again",
        _REJECTION,
        2,
        r"\b(?:invit\w+|encourag\w+|n'hesitez pas|hesitez pas|incit\w+"
        r"|espere\w*)\b(?:,? \S+){0,8}? (?:re?postuler|postuler|candidater|consulter|suivre|soumettre"
        r"|future\w*|autres)",
    ),
    rule(
        "fr.rejection.despite_quality",
        _REJECTION,
        3,
        r"\b(?:malgre|en depit de|quelles? que soi\w+)\b(?:,? \S+){0,6}? (?:qualite|interet|richesse"
        r"|competences|parcours|profil|experience|attrait)|\bapres (?:\w+ )?(?:etude|examen|analyse"
        r"|lecture|reflexion|avoir)\b|\bne remet\w* (?:\S+ ){0,3}?en (?:cause|question)",
    ),
    rule(
        "fr.confirmation.sent_or_received",
        _CONFIRMATION,
        5,
        r"\b(?:candidature|cv|dossier|postulation)\b(?:,? \S+){0,12}? (?:(?:a|est|ete|bien"
        r"|a bien ete) (?:\w+ )?)?(?:envoyee?"
        r"|recue?|transmise?|enregistree?|parvenue?|prise en compte|soumise|deposee?|arrivee?)\b"
        r"|\b(?:bien|avons|ai|avoir|accus\w+) (?:\w+ ){0,3}?(?:recue?|reception"
        r"|enregistree?)\b(?:,? \S+){0,5}? (?:candidature|cv|dossier|postulation)"
        r"|\baccus\w+ (?:de )?reception|\bcandidature (?:envoyee|recue|enregistree|spontanee recue)",
    ),
    rule(
        "fr.confirmation.applied",
        _CONFIRMATION,
        5,
        r"\bvous avez (?:bien )?(?:postule|candidate)\b(?:,? \S+){0,2}? (?:avec succes|a l'offre|au poste"
        r"|a ce)\b"
        r"|\bbonne reception de (?:votre|vos|ton)\b",
    ),
    rule(
        "fr.confirmation.thanks",
        _CONFIRMATION,
        4,
        r"\b(?:merci|remerci\w+)\b(?:,? \S+){0,6}? (?:candidature|postule|candidate|postulation|interet"
        r"|postuler|confiance)\b",
        guard=Guard.NONE,
    ),
    rule(
        "fr.confirmation.will_review",
        _CONFIRMATION,
        4,
        r"\b(?:sera|va|vont|allons|est en cours|soit|actuellement|etre|allez|prend\w*|fera"
        r"|en cours)\b(?:,? \S+){0,5}? (?:etudi\w+|examin\w+|analys\w+|trait\w+|etude|examen|lue?"
        r"|connaissance|l'objet)|\b(?:etudier|examiner|etudierons|examinerons|etudions|analyserons"
        r"|analyser) (?:\w+ ){0,4}?(?:candidature|profil|cv|dossier|attention)",
    ),
    rule(
        "fr.confirmation.contact_if",
        _CONFIRMATION,
        3.5,
        r"\b(?:si|lorsque|des que|sans (?:reponse|nouvelle|retour))\b(?:,? \S+){0,16}? (?:contact\w+"
        r"|reviend\w+|recontact\w+|considerer|negative|retenue)|\b(?:reviendr\w+|recontact\w+|contact\w+"
        r"|reponse|nouvelles)\b(?:,? \S+){0,10}? (?:si|dans les (?:plus brefs|meilleurs) delais"
        r"|prochainement|rapidement|sous \w+ (?:jours|semaines))\b|\breviendrons vers vous"
        r"|\btiendrons? (?:\w+ )?informe",
        guard=Guard.NONE,
    ),
    rule(
        "fr.confirmation.subject",
        _CONFIRMATION,
        4,
        r"\bconfirmation (?:\S+ ){0,3}?candidature|\baccuse de reception"
        r"|\bcandidature (?:\S+ ){0,4}?(?:envoyee|recue|enregistree)|\bbien recue?\b",
        where="subject",
        guard=Guard.NONE,
    ),
    rule(
        "fr.assessment.invited",
        _ASSESSMENT,
        7,
        rf"\b(?:invit\w+|propos\w+|repondre a|repondez|demandons|souhait\w+|merci de|veuillez|pri\w+"
        rf"|devez|remplir|passer|realiser|completer|effectuer"
        rf"|terminer)\b(?:(?! entretien) \S+){{0,9}}? {_TEST}\b",
        context=1.0,
    ),
    rule(
        "fr.assessment.next_step",
        _ASSESSMENT,
        5.5,
        rf"\b(?:prochaine etape|etape suivante|rappel|lien|acceder|expire\w*|en ligne"
        rf"|technique)\b(?:,? \S+){{0,9}}? {_TEST}\b|\b{_TEST} (?:\S+ ){{0,3}}?(?:en ligne|technique"
        rf"|de competences|de recrutement|de personnalite|expire)",
        context=1.0,
    ),
    rule(
        "fr.interview.invited",
        _INTERVIEW,
        7,
        rf"\b(?:invit\w+|propos\w+|souhait\w+|aimer\w+|convi\w+|planifier|fixer|organiser|convenir"
        rf"|programmer|confirm\w+|convoqu\w+|convocation|ravi\w*|plaisir|heureux|prevu\w*|reporter"
        rf"|decaler|report)\b(?:,? \S+){{0,10}}? (?:\S+')?{_TALK}\b(?! (?:de votre part"
        rf"|avec vos proches))",
        context=1.0,
    ),
    rule(
        "fr.interview.about",
        _INTERVIEW,
        4.5,
        r"\bentretien (?:telephonique|video|technique|rh|d'embauche|individuel|de recrutement|avec"
        r"|a eu lieu|est (?:confirme|prevu|fixe|programme)|aura lieu|le \d)|\b(?:souhait\w+|aimer\w+"
        r"|desir\w+|plaisir de|ravis? de) (?:\w+ ){0,3}?(?:vous )?(?:rencontrer|recevoir|echanger)",
        context=2.0,
    ),
    rule(
        "fr.interview.talk",
        _INTERVIEW,
        5.5,
        r"\b(?:pouvons-nous|peut-on|pourrions-nous|pourrait-on) (?:\S+ ){0,3}?(?:parler|echanger|discuter"
        r"|rencontrer|appeler)\b",
        context=1.0,
    ),
    rule(
        "fr.interview.availability",
        _INTERVIEW,
        5,
        r"\b(?:vos|votre|quelles?|indiquer|communiquer|etes-vous|seriez-vous|transmettre"
        r"|partager) (?:\S+ ){0,5}?disponib\w+|\bcreneaux?\b|\bseriez-vous libre",
        context=1.0,
    ),
    rule(
        "fr.offer.pleased",
        _OFFER,
        7,
        r"\bsouhait\w+ vous (?:embaucher|recruter|engager)\b|\bvous (?:etes|avez ete) (?:retenue?"
        r"|selectionnee?|choisie?) pour (?:le|ce|notre) poste"
        r"|\ble poste est a vous"
        r"|\b(?:promesse|proposition|offre|lettre) d'(?:embauche|emploi ferme)|\bcontrat de travail"
        r"|\b(?:plaisir|ravis?|heureux|heureuse|enchantes?)\b(?:,? \S+){0,6}? (?:proposer|offrir"
        r"|faire part) (?:\w+ ){0,4}?(?:poste|offre|embauche|contrat)|\bproposition de contrat"
        r"|\bvotre contrat (?:\S+ ){0,4}?sign",
        context=2.0,
    ),
    rule(
        "fr.followup.account",
        _FOLLOWUP,
        6,
        r"\b(?:verifi\w+|confirm\w+|activ\w+|valid\w+) (?:\S+ ){0,4}?(?:compte|adresse|e-?mail"
        r"|inscription|espace candidat)|\bcode (?:de )?(?:verification|securite|confirmation"
        r"|a usage unique)|\bmot de passe|\bactiv\w+ (?:\S+ ){0,3}?espace candidat"
        r"|\bcompte (?:candidat )?(?:\S+ ){0,3}?(?:cree|active)",
        guard=Guard.NONE,
    ),
    rule(
        "fr.followup.viewed",
        _FOLLOWUP,
        7,
        r"\b(?:candidature|cv|profil) (?:\S+ ){0,6}?(?:vue?|consultee?|lue?|ouverte?"
        r"|telechargee?)\b(?: par)?|\b(?:a|ont) (?:consulte|vu|telecharge|ouvert) (?:votre"
        r"|vos) (?:candidature|cv|profil)",
        guard=Guard.NONE,
    ),
    rule(
        "fr.followup.withdrawn",
        _FOLLOWUP,
        7,
        r"\b(?:retire\w*|retrait|annul\w+) (?:\S+ ){0,3}?candidature|\bcandidature (?:\S+ ){0,8}?(?:ete "
        r"|bien )?(?:retiree?|annulee?)",
    ),
    rule(
        "fr.followup.finish",
        _FOLLOWUP,
        7,
        r"\b(?:termin\w+|finalis\w+|complet\w+|reprend\w+|poursuivez"
        r"|continuez) (?:\w+ ){0,2}?candidature|\bcandidature (?:\S+ ){0,5}?(?:incomplete|inachevee"
        r"|en attente|brouillon|n'est pas (?:terminee|finalisee|complete)|presque)",
        guard=Guard.NONE,
    ),
    rule(
        "fr.followup.documents",
        _FOLLOWUP,
        6,
        r"\b(?:transmettre|envoyer|fournir|communiquer|joindre|adresser|deposer|preciser|indiquer"
        r"|completer) (?:\S+ ){0,6}?(?:pieces?|documents?|justificatifs?|references?"
        r"|informations? (?:complementaires?|manquantes?)|pretentions?|preavis|diplomes?)|\b(?:enquete"
        r"|questionnaire) de satisfaction|\bexperience candidat|\b(?:prise de|vos) references",
    ),
    rule(
        "fr.followup.on_hold",
        _FOLLOWUP,
        7,
        r"\b(?:poste|recrutement|processus|embauches?)\b(?:,? \S+){0,6}? (?:en attente|suspendue?"
        r"|gelee?s?|en pause|en stand-?by|reportee?)|\bgel des (?:embauches|recrutements)"
        r"|\bmis en (?:attente|pause|suspens)",
    ),
    rule(
        "fr.followup.still",
        _FOLLOWUP,
        6,
        r"\b(?:toujours|encore) (?:\w+ ){0,3}?(?:en cours|a l'etude|d'etude|examin\w+|etudi\w+)"
        r"|\bmerci (?:de|pour) (?:votre )?(?:patience|patienter)|\bplus (?:de temps|long) que prevu",
    ),
    rule(
        "fr.outreach.profile",
        _OUTREACH,
        7,
        r"\b(?:tombee? sur|decouvert|vu|remarque|consulte|consultant|repere|identifie|attire"
        r"|retenu mon attention|attention|interpelle\w*|parcouru|trouve)\b(?:,? \S+){0,5}? (?:votre|ton"
        r"|vos) (?:\w+ )?(?:profil|parcours|cv|experience)|\b(?:votre|ton) (?:profil|parcours|cv"
        r"|experience)\b(?:,? \S+){0,6}? (?:attire|retenu (?:mon|notre) attention|interpelle|remarque"
        r"|plu\b|pourrait|correspond)",
        guard=Guard.CONDITION,
    ),
    rule(
        "fr.outreach.client",
        _OUTREACH,
        5.5,
        r"\b(?:mon|notre|nos|un de (?:mes|nos)|l'un de (?:mes|nos)) clients?\b"
        r"|\bje (?:suis a la )?recherche\b|\bje recrute|\b(?:etes-vous|es-tu|seriez-vous"
        r"|serais-tu) (?:\S+ ){0,4}?(?:ecoute|ouverte?|interessee?|disponible pour (?:en )?(?:echanger"
        r"|discuter))|\ba l'ecoute (?:du marche|d'opportunites|de nouvelles)"
        r"|\bopportunite (?:\S+ ){0,6}?(?:vous|t'|te) (?:\w+ )?(?:interess|plaire)",
        guard=Guard.NONE,
        context=1.0,
    ),
    rule(
        "fr.alert.jobs",
        _ALERT,
        6,
        r"\balertes? (?:emploi|offres?|job)|\b\d+ (?:nouvelles? )?(?:offres?|postes|emplois)\b"
        r"|\b(?:nouvelles?|dernieres|meilleures) offres? (?:d'emploi|de stage|pour)"
        r"|\boffres? (?:d'emploi )?(?:similaires?|recommandees?|qui (?:vous )?correspond\w*|pour vous"
        r"|susceptibles)|\bd'autres offres|\bvoir (?:toutes )?les (?:offres|emplois)"
        r"|\bpostuler maintenant|\bpostulez (?:maintenant|vite|en 1 clic)|\brecrute en ce moment",
        guard=Guard.NONE,
    ),
    rule(
        "fr.not_job.shop",
        _NOT_JOB,
        5,
        r"\b(?:votre|vos) (?:commande|facture|livraison|colis|paiement|abonnement|billet|reservation"
        r"|releve|virement)|\b(?:code promo|soldes|-\d+ ?%|\d+ ?% de (?:remise|reduction)"
        r"|livraison (?:offerte|gratuite))|\bnewsletter|\binfolettre"
        r"|\bcandidature (?:\S+ ){0,6}?(?:logement|location|appartement|master|universite|formation"
        r"|parcoursup|pret|visa)|\bdemande de (?:pret|credit|logement|visa|carte|location)|\b(?:credit"
        r"|pret) (?:immobilier|a la consommation)|\brendez-vous (?:medical|chez le)",
        guard=Guard.NONE,
    ),
    rule(
        "fr.not_job.other_application",
        _NOT_JOB,
        8,
        r"\b(?:demande|dossier) (?:\S+ ){0,4}?(?:credit|pret|carte|decouvert|assurance|allocation|aide)\b"
        r"|\b(?:candidature|demande|dossier|inscription|admission|adhesion)\b(?:,? [^\s,.]+){0,4}? (?:de"
        r"|du|des|d'une?"
        r"|pour|a|au|aux|en) (?:\S+ ){0,2}?(?:l'|d'|un |une |la |le )?(?:logement|location|appartement"
        r"|studio|bail|residence"
        r"|hlm|master|mastere|licence|bachelor|doctorat|these|universite|ecole|college|lycee|creche|classe"
        r"|formation|parcoursup|pret|visa|titre de sejour|passeport|nationalite|naturalisation|permis|bourse"
        r"|subvention|carte|allocation|mutuelle|assurance|adhesion|association|club"
        r"|programme (?:de )?fidelite"
        r"|accelerateur|incubateur|benevol\w+|conference|colloque|copropriete)\b"
        r"|\bcommission (?:d'admission|pedagogique)\b|\bpermis de (?:construire|conduire)\b",
        guard=Guard.EMPLOYMENT,
    ),
    rule(
        "fr.not_job.career_marketing",
        _NOT_JOB,
        4,
        r"\b(?:nos|notre|une|des|vos|inscri\w+|decouvr\w+) (?:\w+ )?(?:formations?|webinaires?|ateliers?"
        r"|conseils|astuces)|\breussir (?:vos|votre|son|un) (?:entretien|cv|recherche)|\boptimisez"
        r"|\bboostez|\breussissez (?:vos|votre)|\bformation certifiante|\boffre limitee|\bdecrochez"
        r"|\bpremium\b|\bcoaching",
        guard=Guard.NONE,
    ),
    rule(
        "fr.rejection.closed_without",
        _REJECTION,
        7,
        r"\b(?:candidature|dossier|profil)\b(?:,? \S+){0,8}? (?:archivee?|classee? sans suite|ecartee?)\b"
        r"|\bsans (?:vous (?:retenir|selectionner)|retenir votre)\b"
        r"|\b(?:poste|recrutement|processus)\b(?:,? \S+){0,5}? (?:gelee?|suspendue?|mise? (?:en attente"
        r"|en suspens|en pause))\b|\b(?:decide|choisi|decision|choix)(?: \S+){0,3}? (?:de )?ne pas"
        r" (?:poursuivre|continuer|donner|aller|retenir|avancer)\b",
        context=1.0,
    ),
    rule(
        "fr.rejection.somebody_else",
        _REJECTION,
        7,
        r"\b(?:retenu|choisi|recrute|avec|pour|par|de|a) quelqu'un d'autre\b"
        r"|\bquelqu'un d'autre (?:a \w+ )?(?:a"
        r"|ete|accept\w+)\b|\b(?:reponse|decision|issue)(?: \S+){0,3}? (?:est|a ete"
        r"|soit) (?:\w+ )?(?:negative"
        r"|defavorable)\b|\b(?:refuser|ecarter|decliner) (?:\S+ ){0,3}?(?:bons? |bonnes? )?(?:candidat\w+"
        r"|profils?)\b",
        context=1.0,
    ),
    rule(
        "fr.offer.make_you_one",
        _OFFER,
        6,
        r"\bvous (?:faire|envoyer|soumettre|adresser) (?:une|notre) (?:offre|proposition)\b(?! commerciale)",
        context=1.0,
    ),
    rule(
        "fr.interview.proposes_a_time",
        _INTERVIEW,
        5.5,
        r"\b(?:pourriez-vous|pouvez-vous|que diriez-vous|que pensez-vous"
        r"|est-ce que)(?: \S+){0,4}? (?:lundi|mardi"
        r"|mercredi|jeudi|vendredi|demain|\d{1,2} ?h ?\d{0,2})\b|\b(?:deplacer|decaler"
        r"|reporter) (?:notre|votre"
        r"|le|l'|cet) ?(?:appel|echange|entretien|rendez-vous)\b|\bvous (?:appelle|appellerai|appelons"
        r"|appellerons)(?: \S+){0,2}? (?:lundi|mardi|mercredi|jeudi|vendredi|demain)\b",
    ),
)
