from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.postings.places import country_of, split_places, tidy_place


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("US-CA-Monrovia", "Monrovia, CA, US"),
        ("US, CA, Santa Clara", "Santa Clara, CA, US"),
        ("US-AR-SPRINGDALE-BLDG 1 ~ 275 Main St", "Springdale, AR, US"),
        ("CA-ON-Toronto", "Toronto, ON, CA"),
        ("US-NY-Remote", "US-NY-Remote"),
        ("Berlin,  Germany", "Berlin, Germany"),
        ("Lyon, undefined", "Lyon"),
        ("Hybrid - London", "Hybrid - London"),
        ("Winston-Salem, NC", "Winston-Salem, NC"),
        ("2 Locations", None),
        ("Multiple Locations", None),
        ("5 Standorte", None),
        ("", None),
    ],
)
def test_a_place_is_put_as_people_write_it(written: str, place: str | None):
    assert tidy_place(written) == place


def test_several_places_are_parted_only_where_it_is_sure():
    assert split_places("Berlin; Hamburg|Berlin\nKöln") == ("Berlin", "Hamburg", "Köln")
    assert split_places("London / Paris") == ("London / Paris",)
    assert split_places("San Francisco, CA") == ("San Francisco, CA",)
    assert split_places("3 Locations; Oslo") == ("Oslo",)


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ("San Diego, CA", "US"),
        ("US, CA, Santa Clara", "US"),
        ("US-AR-SPRINGDALE-BLDG 1 ~ 275 Main St", "US"),
        ("Remote - US", "US"),
        ("Reno, NV", "US"),
        ("Austin, Texas - Remote", "US"),
        ("Toronto, ON, CA", "CA"),
        ("Toronto, CA", "CA"),
        ("Vancouver, BC", "CA"),
        ("Berlin, DE", "DE"),
        ("DE-Berlin", "DE"),
        ("Wilmington, DE", None),
        ("Chicago, IL", "US"),
        ("Tel Aviv, IL", None),
        ("London, UK - Remote", "GB"),
        ("GB-United Kingdom-Remote", "GB"),
        ("München", "DE"),
        ("Kraków, Poland", "PL"),
        ("Remote (US or Canada)", None),
        ("Georgia", None),
        ("Remote, EMEA", None),
        ("", None),
    ],
)
def test_the_country_of_a_place_is_told_where_it_is_sure(place: str, country: str | None):
    assert country_of(place) == country


@given(st.text() | st.text("UCAS-, ;|~"))
def test_any_text_is_read_without_an_error(text: str):
    tidy_place(text)
    split_places(text)
    country_of(text)
