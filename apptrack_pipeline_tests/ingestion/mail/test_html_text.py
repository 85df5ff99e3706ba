"""HTML mail is read as a person sees it."""

from __future__ import annotations

import time

import pytest

from apptrack_pipeline.ingestion.mail.html_text import MAX_TAGS, read_html, without_styles
from apptrack_pipeline.ingestion.mail.message import Link

SECRET = "SECRET"


def text_of(page: str) -> str:
    return read_html(page).text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<table><tr><td>foo</td><td>bar</td></tr><tr><td>baz</td></tr></table>", "foo\tbar\nbaz"),
        ("<table><tr><td>foo<td>bar<tr><td>baz</table>", "foo\tbar\nbaz"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<p>one</p><p>two</p>three", "one\n\ntwo\n\nthree"),
        ("<ul><li>one</li><li>two</ul>three", "one\n\ntwo\n\nthree".replace("\n\n", "\n")),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("Un<span>for</span>tunately", "Unfortunately"),
        ("Un<b>for</b><i>tunate</i>ly", "Unfortunately"),
        ("Unfortu&shy;nate&#8203;ly", "Unfortunately"),
        ("Unfor<!-- x -->tunately", "Unfortunately"),
        ("Unfor<wbr>tunately", "Unfortunately"),
        ("a&nbsp;&nbsp;b\u202fc", "a b c"),
        ("a\n  b\t c", "a b c"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("1 < 2 &lt; 3 <3", "1 < 2 < 3 <3"),
        ("&eacute;t&#233; &bogus; &#x110000; &#99999999999;", "été &bogus; \ufffd"),
        ('<img alt="a > b" src=x>after', "after"),
        ("<a title='x>y' href=z>after</a>", "after"),
        ("<p>unclosed <b>tags <i>everywhere", "unclosed tags everywhere"),
        ("</p></div></table>text</b>", "text"),
        ("text<", "text<"),
        ("text<b", "text"),
        ("", ""),
    ],
)
def test_words_are_neither_glued_nor_split(page: str, text: str) -> None:
    assert text_of(page) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>{}</div>",
        '<div style="DISPLAY : NONE !important;">{}</div>',
        '<span style="visibility:hidden">{}</span>',
        '<div style="font-size:0">{}</div>',
        '<div style="font-size:1px;line-height:1px">{}</div>',
        '<div style="font:0/0 a">{}</div>',
        '<div style="max-height:0px;overflow:hidden">{}</div>',
        '<div style="height:0;overflow:hidden">{}</div>',
        '<div style="opacity:0.0">{}</div>',
        '<div style="color:#fff;background-color:#FFFFFF">{}</div>',
        '<div style="color:rgb(255, 255, 255);background:white">{}</div>',
        '<div style="color:transparent">{}</div>',
        '<div style="color:rgba(9,9,9,0)">{}</div>',
        '<div style="text-indent:-9999px">{}</div>',
        "<div hidden>{}</div>",
        '<div class="a" HIDDEN="hidden">{}</div>',
        "<style>/* }} */ p{{color:red}} .a, i.b{{display:none !important}}</style><i class='x b'>{}</i>",
        '<table style="display:none"><tr><td>{}</td></tr></table>',
        '<div style="display:none"><div>x</div><p>{}</div>',
        "<table><tr><td style='display:none'>{}<td>seen</table>",
        "<style>.a{{content:'{}'}}</style>",
        "<script>var a = '<b>{}</b>'</script>",
        "<head><title>{}</title></head>",
        "<!--[if mso]><p>{}</p><![endif]-->",
        "<!-- {} -->",
        "<xml><o:x>{}</o:x></xml>",
        "<svg><text>{}</text></svg>",
        "<template>{}</template>",
    ],
)
def test_what_a_person_does_not_see_is_left_out(hidden: str) -> None:
    text = text_of(f"<p>Before</p>{hidden.format(SECRET)}<p>After</p>")
    assert SECRET not in text
    assert text.startswith("Before")
    assert text.endswith("After")


@pytest.mark.parametrize(
    "shown",
    [
        '<td style="font-size:0px"><div style="font-size:14px">{}</div></td>',
        '<div style="color:#fff;background:#fff"><span style="color:#000">{}</span></div>',
        '<a style="color:#ffffff;background-color:#0000ff">{}</a>',
        '<div style="opacity:0.9">{}</div>',
        '<div style="max-height:0.5em">{}</div>',
        '<div style="max-height:100px;min-height:0">{}</div>',
        '<div style="mso-hide:all">{}</div>',
        '<div style="line-height:0">{}</div>',
        "<img style='display:none'>{}",
        '<div class="hidden-xs" data-hidden="x" aria-hidden="true">{}</div>',
        '<div style="overflow:hidden">{}</div>',
        '<div style="color:rgb(0,0,0);background-color:rgba(0, 0, 0, 0)">{}</div>',
        '<div style="color:inherit;background:inherit">{}</div>',
        '<div style="color:#fff;background:transparent">{}</div>',
        '<div style="color:#222;background:#fff url(x.png)">{}</div>',
        '<div style="font:inherit;font-size:100%">{}</div>',
        '<div style="font:bold 14px/0 Arial">{}</div>',
        '<div style="height:0">{}</div>',
        '<div style="top:-20px;left:0">{}</div>',
        '<div style="overflow: hidden; height: auto">{}</div>',
        '<div class="not hidden here" title="hidden">{}</div>',
        '<td style="max-width:0;overflow:hidden;text-overflow:ellipsis">{}</td>',
        '<table style="width:0;min-width:100%;overflow:hidden"><tr><td>{}</table>',
        '<p style="display:none">gone<p>{}</p>',
        "<![if !mso]>{}<![endif]>",
        "<!--[if !mso]><!-->{}<!--<![endif]-->",
        "<style>@media print {{ .a {{ display:none }} }} .b .a {{display:none}}</style><div class=a>{}</div>",
        "<style>.a {{display:none}}</style><div class=a style='display:block'>{}</div>",
        "<noscript>{}</noscript>",
        '<div style="display:none">gone</div>{}',
    ],
)
def test_what_a_person_sees_is_kept(shown: str) -> None:
    assert SECRET in text_of(f"<table><tr><td>x</td></tr></table>{shown.format(SECRET)}")


def test_links_come_with_the_text_that_shows_them() -> None:
    page = (
        '<a href="https://acme.example/1?a=1&amp;b=2">View <b>job</b></a>'
        '<a href="https://acme.example/2"><img alt="Acme logo" src=x></a>'
        '<a href="mailto:x@acme.example">write</a><a href="#top">top</a>'
        '<a name="x">y</a><a href="javascript:x">z</a>'
        '<a href=" https://acme.example/3\n">three'
        '<div style="display:none"><a href="https://acme.example/hidden">x</a></div>'
    )
    assert read_html(page).links == (
        Link("https://acme.example/1?a=1&b=2", "View job"),
        Link("https://acme.example/2", "Acme logo"),
        Link("https://acme.example/3", "three"),
    )


def test_a_quote_is_kept_apart_and_the_text_goes_on_behind_it() -> None:
    page = read_html('<p>New</p><div class="gmail_quote"><p>Old</p></div><p>Newer</p>')
    assert (page.text, page.quoted) == ("New\n\nNewer", "Old")


def test_all_below_outlooks_divider_is_quoted() -> None:
    page = read_html(
        '<div>New<div id="appendonsend"></div></div><hr><div id="divRplyFwdMsg">From</div><div>Old</div>'
    )
    assert page.text == "New"
    assert page.quoted.split() == ["From", "Old"]


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 1_000_000,
        "<b>" * 200_000 + "x",
        "<" * 1_000_000,
        "<a " * 500_000,
        '<a "' * 300_000,
        '<a ">"' * 300_000,
        "<!--" * 300_000,
        "<![" * 300_000,
        "<style>" * 300_000,
        "<style>none" + "/*" * 300_000 + "</style>",
        "<style>none" + "{" * 300_000 + "</style>",
        "<style>none" + ".a{display:none}" * 50_000 + "</style>" + "<p class=a>x" * 30_000,
        "</p>" * 300_000,
        "&#" + "9" * 1_000_000 + ";",
        "&" * 1_000_000,
        "<p " + "a=1 " * 300_000 + ">",
        '<p style="' + "color:red;" * 200_000 + '">x',
        "<table><tr><td>" * 100_000,
        '<a href="https://x.example/">x' * 100_000,
        " " * 2_000_000,
        "\n \t" * 600_000,
        "<p>\u200b" * 300_000,
    ],
    ids=lambda page: page[:12],
)
def test_hostile_pages_are_read_in_a_moment(page: str) -> None:
    begun = time.process_time()
    read = read_html(page)
    assert time.process_time() - begun < 2
    assert len(read.links) <= 300


def test_a_page_with_too_many_tags_is_cut_and_says_so() -> None:
    page = read_html("<b>x</b>" * MAX_TAGS)
    assert page.is_cut
    assert page.text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("@media only screen { .x { width: 100% } }\nDear Sam", "Dear Sam"),
        ("p { margin: 0; padding:0 } .a, #b { color : red } Dear Sam", "Dear Sam"),
        ("body {\n  margin: 0;\n  -webkit-x: none;\n}\nDear Sam", "Dear Sam"),
        ("Dear {first name: unknown}, {text}", "Dear {first name: unknown}, {text}"),
        ("Dear Sam", "Dear Sam"),
    ],
)
def test_style_rules_are_taken_out_of_plain_text(text: str, kept: str) -> None:
    assert without_styles(text).strip() == kept


@pytest.mark.parametrize(
    "text", ["{" * 200_000, "{color:" * 30_000, "{color:a;" * 20_000, "@a{}" * 50_000, "@media" * 30_000]
)
def test_hostile_style_rules_are_taken_out_in_a_moment(text: str) -> None:
    begun = time.process_time()
    without_styles(text + "{color:red}")
    assert time.process_time() - begun < 1
