"""A wrong setting is named, and no value is ever repeated."""

from __future__ import annotations

import pytest

from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("APPTRACK_API_PORT", "secret", "APPTRACK_API_PORT"),
        ("APPTRACK_ALLOWED_HOSTS", "secret", "allowed_hosts"),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    load_settings.cache_clear()
    with pytest.raises(ConfigurationError, match=said) as raised:
        load_settings()
    assert value not in str(raised.value)
