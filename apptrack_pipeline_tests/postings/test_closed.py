from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.postings.closed import closed_reason_of_lines, closed_reason_of_page, is_past
from apptrack_pipeline.postings.markup import node_text, parse_page

CLOSED = [
    "This job is no longer available.",
    "Sorry, this position has been filled.",
    "This position has already been filled.",
    "We’re sorry, the job you are looking for is no longer available",
    "The job you requested was not found.",
    "The job posting you are looking for has expired.",
    "This job has expired",
    "No longer accepting applications",
    "We are no longer accepting applications for this position.",
    "We are not currently accepting applications for this role.",
    "Acme Corp is no longer accepting applications for this job.",
    "Applications are closed.",
    "Applications for this position are now closed.",
    "Applications have closed",
    "Applications closed on 3 May 2026",
    "The application deadline has passed.",
    "The deadline to apply has passed.",
    "The application window is now closed.",
    "This job posting is closed.",
    "This vacancy is now closed",
    "This role has been closed and is no longer accepting applications.",
    "The Senior Data Engineer role has been filled.",
    "Unfortunately, this opening is no longer open.",
    "This requisition is no longer active.",
    "Error: The requested job could not be found.",
    "Job not found",
    "We couldn’t find the job you were looking for.",
    "This job no longer exists.",
    "The position you are trying to view has been removed.",
    "This posting has been taken down by the employer.",
    "This job listing has been unpublished",
    "Oops! This job is not available anymore.",
    "This job is currently unavailable.",
    "The job you are trying to apply for has been filled.",
    "Thank you for your interest, but this position is no longer available.",
    "This position is closed to new applications.",
    "Job expired",
    "Position filled",
    "Senior Engineer - This job is no longer available",
    "Please note that this vacancy has now closed.",
    "Recruitment for this role is closed.",
    "You can no longer apply to this job.",
    "The job (ID 12345) is no longer posted.",
    "This internship is no longer available",
    "It looks like this job is no longer active",
    "Diese Stelle ist leider nicht mehr verfügbar.",
    "Diese Stellenanzeige ist abgelaufen.",
    "Die Stelle ist bereits besetzt.",
    "Die von Ihnen gesuchte Stelle ist nicht mehr ausgeschrieben.",
    "Das Stellenangebot ist nicht mehr online",
    "Leider ist diese Position nicht mehr verfügbar",
    "Diese Stelle wurde bereits besetzt.",
    "Die Bewerbungsfrist ist abgelaufen.",
    "Bewerbungen sind nicht mehr möglich.",
    "Der Job steht nicht mehr zur Verfügung.",
    "Cette offre n’est plus disponible.",
    "L’offre que vous recherchez n’est plus en ligne.",
    "Ce poste a été pourvu.",
    "Cette offre d'emploi a expiré.",
    "Offre expirée",
    "Les candidatures sont closes.",
    "Désolé, cette annonce n'est plus disponible",
    "Il n'est plus possible de postuler à cette offre.",
    "Esta oferta ya no está disponible.",
    "Esta vacante ha sido cubierta.",
    "Oferta caducada",
    "Ya no se aceptan solicitudes.",
    "La oferta de empleo que buscas ya no está disponible",
    "El plazo de inscripción ha finalizado.",
    "Questa offerta non è più disponibile.",
    "L'annuncio è scaduto.",
    "Questa posizione è stata chiusa.",
    "Deze vacature is helaas niet meer beschikbaar.",
    "Deze vacature is gesloten",
    "De vacature is inmiddels vervuld.",
    "Solliciteren is niet meer mogelijk.",
    "Esta vaga não está mais disponível.",
    "Vaga encerrada",
    "Esta vaga foi preenchida.",
    "Inscrições encerradas",
    "Ta oferta pracy jest już nieaktualna.",
    "Oferta wygasła",
    "Rekrutacja zakończona",
    "Den här tjänsten är tillsatt.",
    "Annonsen är inte längre tillgänglig.",
    "Ansökningstiden har gått ut.",
    "Stillingen er ikke længere ledig.",
    "Søknadsfristen er utløpt.",
    "Hakuaika on päättynyt.",
    "この求人は終了しました",
    "该职位已关闭",
]
OPEN = [
    "Our London office is not accepting applications.",
    "Our Senior Analyst job is no longer accepting applications.",
    "Other roles are no longer accepting applications.",
    "Applications are closed on weekends.",
    "Apply now",
    "Once this position has been filled, all other candidates will be informed.",
    "If this position is no longer available, we will remove the posting.",
    "This posting will remain open until the position is filled.",
    "We will notify you when the application form has been filled.",
    "After the application form has been filled, you will receive an email.",
    "We are not accepting applications from recruitment agencies.",
    "We are no longer accepting unsolicited resumes from agencies.",
    "Acme is not accepting unsolicited resumes from third-party recruiters.",
    "Applications close on 30 November 2026.",
    "Applications close: 5 December",
    "The application deadline is 12 December 2026.",
    "This position is not available for remote work.",
    "This role is not available to candidates outside the US.",
    "This position is not eligible for visa sponsorship.",
    "This role is not open to agencies.",
    "This position is no longer remote.",
    "We do not accept applications by email.",
    "Please note we are not accepting applications via email.",
    "We use cookies. The cookie banner is closed when you accept.",
    "Please Enable Cookies to Continue",
    "Applications will be closed on Friday.",
    "The vacancy may be closed early if we receive enough applications.",
    "We reserve the right to close this vacancy early.",
    "This vacancy may close before the advertised date.",
    "You have closed enterprise deals and filled senior roles.",
    "In this role you will make sure that jobs that are no longer available are removed from the site.",
    "Remove listings when a job has expired.",
    "This role is filled with exciting challenges.",
    "Our closed-loop process keeps this position close to customers.",
    "This job alert has been created.",
    "The office is closed on public holidays.",
    "What happens when a job has expired?",
    "Is this job no longer available? Let us know.",
    "Similar jobs",
    "Expired",
    "Closed",
    "Filled",
    "Hide job expired",
    "This is a closed position in our org chart for internal mobility programs.",
    "You will work with a team whose position is no longer marginal in the market.",
    "The job is based in Berlin and is not available part-time.",
    "Candidates whose application is no longer under consideration will be notified.",
    "This position has been identified as safety sensitive.",
    "This job has been evaluated at grade 7.",
    "The role was created because our previous manager has been promoted.",
    "The position is open until filled.",
    "Applications are accepted on a rolling basis until the position is filled.",
    "This opportunity is no longer limited to graduates.",
    "Die Stelle ist ab sofort zu besetzen.",
    "Die Stelle ist zunächst auf zwei Jahre befristet.",
    "Sobald die Stelle besetzt ist, informieren wir alle Bewerber.",
    "Wir nehmen keine Bewerbungen per Post mehr an.",
    "Bewerbungen von Personaldienstleistern werden nicht berücksichtigt.",
    "Die Bewerbungsfrist endet am 30.11.2026.",
    "Wir berücksichtigen keine Bewerbungen per E-Mail.",
    "Diese Position ist nicht für Personalvermittler ausgeschrieben.",
    "Cette offre est ouverte jusqu'à ce que le poste soit pourvu.",
    "Ce poste est plus qu'un emploi.",
    "Ce poste est à pourvoir immédiatement.",
    "Nous n'acceptons plus de candidatures spontanées.",
    "Le poste n'est pas ouvert au télétravail.",
    "Esta oferta está abierta hasta el 30 de noviembre.",
    "Esta vacante no está disponible para trabajo remoto.",
    "El proceso de selección está abierto.",
    "Questa posizione è aperta a candidati di ogni genere.",
    "Deze vacature staat open tot 30 november.",
    "Deze functie is niet geschikt voor thuiswerken.",
    "Esta vaga é exclusiva para pessoas com deficiência.",
    "Ta oferta jest ważna do 30 listopada.",
    "Tjänsten är en tillsvidareanställning.",
    "Ansökningstiden går ut den 30 november.",
    "The posting period for this role ends on December 5.",
    "The pay range for this position is closed and not negotiable.",
    "Never miss a job that has been filled too fast: set up an alert.",
    "No applications by agencies please.",
    "Thank you for applying. Your application has been closed out of security reasons only if inactive.",
    "This listing is provided by Acme Jobs.",
]


@pytest.mark.parametrize("banner", CLOSED)
def test_a_banner_closes(banner: str):
    assert closed_reason_of_lines(["Senior Engineer", banner]) is not None


@pytest.mark.parametrize("sentence", OPEN)
def test_a_sentence_of_an_open_posting_does_not_close(sentence: str):
    assert closed_reason_of_lines(["Senior Engineer", sentence]) is None


@pytest.mark.parametrize(
    ("banner", "reason"),
    [
        ("This job has expired.", "expired"),
        ("This position has been filled.", "filled"),
        ("We are no longer accepting applications.", "no_longer_accepting"),
        ("This job is no longer available.", "no_longer_available"),
        ("The requested job could not be found.", "not_found"),
        ("Diese Stelle ist nicht mehr verfügbar.", "no_longer_available"),
    ],
)
def test_a_reason_says_what_the_banner_says(banner: str, reason: str):
    assert closed_reason_of_lines([banner]) == reason


def reason_of(html: str) -> str | None:
    page = parse_page(html)
    assert page is not None
    assert page.body is not None
    return closed_reason_of_page(page, node_text(page.body))


def test_a_banner_counts_at_the_top_of_the_page_and_in_an_alert():
    assert reason_of("<p>This job is closed.</p><h1>Welder</h1>") == "no_longer_available"
    lines = "".join(f"<p>Line {number}</p>" for number in range(100))
    assert reason_of(f"<h1>Welder</h1>{lines}<div role=alert>This job has expired</div>") == "expired"
    assert reason_of(f"<h1>Welder</h1>{lines}<p>This job has expired</p>") is None


def test_what_is_said_of_similar_jobs_is_not_said_of_this_one():
    open_page = "<h1>Welder</h1><p>Acme</p><p>Apply now</p><p>You join metal with metal.</p>"
    similar = "<h2>Similar jobs</h2><p>Fitter</p><p>This job is no longer available</p>"
    card = (
        "<div class='similar-jobs'><h3>Similar jobs</h3><div class='alert'>This job has expired</div></div>"
    )
    assert reason_of(open_page + similar) is None
    assert reason_of(open_page + card) is None


@pytest.mark.parametrize(
    "others",
    [
        "<div class='similar'><div>Fitter <span>No longer accepting applications</span></div></div>",
        "<aside><ul><li><a href='/2'>Fitter</a><p>This job is no longer available</p></li></ul></aside>",
        "<ul><li><h4>Fitter</h4><p>This position has been filled.</p></li><li><h4>Cook</h4></li></ul>",
        "<table><tr><td><a href='/2'>Fitter</a></td><td>This job has expired</td></tr></table>",
    ],
)
def test_the_banner_on_the_card_of_another_job_closes_only_that_one(others: str):
    assert reason_of(f"<h1>Welder</h1>{others}<p>You join metal with metal.</p>") is None
    closed = f"<h1>Welder</h1><p>This job is closed.</p>{others}"
    assert reason_of(closed) == "no_longer_available"
    message = "<ul><li>This job has expired <a href='/'>See all jobs</a></li></ul>"
    assert reason_of(f"<h1>Welder</h1>{message}{others}") == "expired"


def test_a_closing_day_lasts_to_its_end():
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert not is_past(date(2026, 11, 24), now)
    assert is_past(date(2026, 11, 23), now)
    assert is_past(datetime(2026, 11, 24, 8), now)  # noqa: DTZ001
    assert not is_past(None, now)


PIECES = [
    "this ",
    "the ",
    "job ",
    "you ",
    "is ",
    "no longer ",
    "has been ",
    "die ",
    "stelle ",
    "cette ",
    "que ",
    "a ",
]


@given(st.lists(st.text() | st.lists(st.sampled_from(PIECES), max_size=60).map("".join), max_size=5))
def test_any_lines_are_read_without_an_error(lines: list[str]):
    closed_reason_of_lines(lines)


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_lines_cost_no_more_than_their_length(piece: str):
    closed_reason_of_lines([(piece + "expired ") * 12, (piece * 200)[:230] + " closed"] * 500)
