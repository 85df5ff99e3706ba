from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.service.up import with_free_ports
from apptrack_pipeline.settings import Settings


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_busy_port_that_was_asked_for_is_an_error_that_names_the_setting(busy_port: int):
    with pytest.raises(ConfigurationError, match="APPTRACK_API_PORT"):
        with_free_ports(Settings(api_port=busy_port), with_ui=False)


def test_a_busy_default_gives_way_to_the_next_free_port(busy_port: int):
    settings = Settings.model_construct(_fields_set=set(), **{**dict(Settings()), "ui_port": busy_port})
    taken = with_free_ports(settings, with_ui=True)
    assert busy_port < taken.ui_port <= busy_port + 50
    assert taken.api_port != taken.ui_port


def test_zero_takes_any_free_port():
    taken = with_free_ports(Settings(api_port=0, ui_port=0), with_ui=True)
    assert len({0, taken.api_port, taken.ui_port}) == 3


def test_an_address_of_another_machine_is_an_error_that_names_the_setting():
    for port in (0, 8350):
        with pytest.raises(ConfigurationError, match="APPTRACK_API"):
            with_free_ports(Settings(api_host="no-such-host.invalid", api_port=port), with_ui=False)
