from __future__ import annotations

import json

import pytest

from apptrack_pipeline.postings.page_state import json_after, objects_with, pushed_text

STATE = {"job": {"title": 'The "first" mate\'s \\ log', "text": "a }; b <b>é</b>\n"}}

QUOTED = json.dumps(STATE).replace("\\", "\\\\").replace("'", "\\'")


@pytest.mark.parametrize(
    "written",
    [
        f"window.state = {json.dumps(STATE)};",
        f"window.state=JSON.parse('{QUOTED}');",
        "window.state=JSON.parse('"
        + "".join(
            f"\\x{ord(char):02x}" if char in "{<>}\"'" else char for char in r'{"job": {"title": "x<"}}'
        )
        + "')",
    ],
)
def test_what_a_script_assigns_is_read_as_it_is_or_as_text(written: str) -> None:
    value = json_after(f"<script>{written}</script>", "window.state")
    assert value in (STATE, {"job": {"title": "x<"}})


def test_text_of_a_script_that_is_no_json_is_nothing() -> None:
    for written in ("JSON.parse('{')", "JSON.parse('')", "JSON.parse('\\", "function() {", "'a'"):
        assert json_after(f"window.state={written}", "window.state") is None


def test_pieces_that_a_page_pushes_are_put_together() -> None:
    whole = f'3:{{"job":{json.dumps(STATE)}}}'
    html = "".join(
        f"<script>self.__next_f.push({json.dumps(piece)})</script>"
        for piece in ([0], [1, whole[:20]], [1, whole[20:]], [2, None])
    )
    assert pushed_text(html) == whole
    assert json_after(pushed_text(html), '"job":') == STATE
    assert pushed_text("self.__next_f.push([1,") == ""


def test_objects_are_found_at_any_depth_outer_ones_first() -> None:
    inner = {"a": 2, "b": []}
    outer = {"a": 1, "b": [[{"c": inner}]]}
    assert list(objects_with({"x": [outer, {"a": 3}]}, "a", "b")) == [outer, inner]


def test_a_wide_value_is_searched_within_bounds() -> None:
    assert list(objects_with([[{"a": 1}]] * 200_000 + [{"z": 1}], "z")) == []
