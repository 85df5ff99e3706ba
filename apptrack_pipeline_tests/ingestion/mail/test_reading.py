# ruff: noqa: E501 - mail stands here as it is sent
"""Bytes become a message: one test per trap that real mail sets."""

from __future__ import annotations

import base64
import datetime as dt
import quopri
from email.message import EmailMessage
from pathlib import Path

import pytest

from apptrack_pipeline.ingestion.mail.message import Address, Link
from apptrack_pipeline.ingestion.mail.reading import read_message

REJECTION = "Unfortunately we will not be moving forward."


def mail(
    body: str | bytes = "Hello.", /, *, content_type: str = "text/plain; charset=utf-8", **headers: str
) -> bytes:
    """A mail with ordinary headers; `headers` replace them (an empty one is left out)."""
    fields = {
        "From": "Acme <jobs@acme.example>",
        "To": "sam@example.org",
        "Subject": "Your application",
        "Date": "Mon, 02 Mar 2026 10:00:00 +0100",
        "Message-ID": "<1@acme.example>",
        "MIME-Version": "1.0",
        "Content-Type": content_type,
    }
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    data = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + data


def multipart(*parts: tuple[str, str], kind: str = "alternative", **headers: str) -> bytes:
    body = "".join(f"--=b\nContent-Type: {content_type}\n\n{text}\n" for content_type, text in parts)
    return mail(body + "--=b--\n", content_type=f'multipart/{kind}; boundary="=b"', **headers)


def test_an_ordinary_mail_is_read_without_trouble() -> None:
    message = read_message(
        mail(
            "Hello Sam,\n\nthank you for applying.\n",
            Reply_To="Dana <dana@acme.example>",
            Cc="Lee <lee@acme.example>",
            References="<a@x> <b@x>",
            In_Reply_To="<b@x>",
        )
    )
    assert message.sender == Address("Acme", "jobs@acme.example")
    assert message.reply_to == Address("Dana", "dana@acme.example")
    assert message.recipients == (Address("", "sam@example.org"), Address("Lee", "lee@acme.example"))
    assert message.message_id == "1@acme.example"
    assert message.references == ("a@x", "b@x")
    assert message.sent_at == dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
    assert message.text == "Hello Sam,\n\nthank you for applying."
    assert message.trouble == ()


class TestCharsets:
    @pytest.mark.parametrize(
        ("declared", "data"),
        [
            ("iso-8859-1", "Ihre Bewerbung für uns – schön".encode("cp1252")),
            ("us-ascii", "Ihre Bewerbung für uns – schön".encode()),
            ("iso-8859-1", "Ihre Bewerbung für uns – schön".encode()),
            ('"utf-8"', "Ihre Bewerbung für uns – schön".encode()),
            ("utf8", "Ihre Bewerbung für uns – schön".encode()),
            ("cp-850", "Ihre Bewerbung für uns - schön".encode("cp850")),
            ("x-unknown", "Ihre Bewerbung für uns – schön".encode()),
            ("DEFAULT_CHARSET", "Ihre Bewerbung für uns – schön".encode("cp1252")),
            ("utf-16", "Ihre Bewerbung für uns – schön".encode("utf-16")),
            ("utf-7", "Ihre Bewerbung für uns – schön".encode("utf-7")),
        ],
    )
    def test_text_is_right_whatever_its_charset_is_called(self, declared: str, data: bytes) -> None:
        message = read_message(mail(data, content_type=f"text/plain; charset={declared}"))
        assert message.text.replace("–", "-") == "Ihre Bewerbung für uns - schön"

    def test_gb2312_means_the_larger_set_that_is_really_written(self) -> None:
        message = read_message(
            mail("面试邀请瑄镕".encode("gb18030"), content_type="text/plain; charset=gb2312")
        )
        assert message.text == "面试邀请瑄镕"

    def test_undeclared_western_bytes_are_read_as_a_western_charset(self) -> None:
        raw = mail("Candidature reçue, merci d'avoir postulé".encode("latin-1"), content_type="")
        message = read_message(raw)
        assert message.text == "Candidature reçue, merci d'avoir postulé"
        assert "charset" in message.trouble

    def test_undeclared_bytes_of_another_script_are_guessed(self) -> None:
        text = "Спасибо за ваш отклик. Мы рассмотрим ваше резюме и свяжемся с вами в ближайшее время. " * 3
        message = read_message(mail(text.encode("cp1251"), content_type="text/plain"))
        assert message.text == text.strip()

    def test_one_bad_byte_does_not_make_utf8_another_charset(self) -> None:
        message = read_message(mail("Für Köln und Nürnberg, schöne Grüße, später: ö".encode()[:-1]))
        assert message.text.startswith("Für Köln und Nürnberg, schöne Grüße, später:")

    def test_the_charset_of_a_page_is_taken_from_its_meta_element(self) -> None:
        page = '<html><head><meta charset="iso-8859-2"></head><body>Dziękujemy za zgłoszenie</body></html>'
        message = read_message(mail(page.encode("iso-8859-2"), content_type="text/html"))
        assert message.text == "Dziękujemy za zgłoszenie"

    @pytest.mark.parametrize(
        "name", ["idna", "punycode", "unicode_escape", "zlib", "rot13", "hex", "undefined"]
    )
    def test_a_codec_that_is_no_charset_is_never_used(self, name: str) -> None:
        message = read_message(mail(b"Hello \\x41 \xe9t\xe9", content_type=f"text/plain; charset={name}"))
        assert message.text == "Hello \\x41 été"
        assert "charset" in message.trouble


class TestTransferEncodings:
    def test_base64_that_nobody_declared_is_decoded(self) -> None:
        message = read_message(mail(base64.encodebytes(REJECTION.encode()), Content_Transfer_Encoding="8bit"))
        assert (message.text, message.trouble) == (REJECTION, ("encoding",))

    def test_a_long_word_is_not_taken_for_base64(self) -> None:
        message = read_message(mail("Donaudampfschifffahrtsge"))
        assert message.text == "Donaudampfschifffahrtsge"

    def test_text_that_is_called_base64_and_is_not_stays_text(self) -> None:
        message = read_message(mail("Dear Sam, we are sorry.", Content_Transfer_Encoding="base64"))
        assert (message.text, message.trouble) == ("Dear Sam, we are sorry.", ("encoding",))

    @pytest.mark.parametrize("cut", [1, 2, 3, 5])
    def test_base64_that_breaks_off_is_read_as_far_as_it_goes(self, cut: int) -> None:
        data = base64.b64encode(REJECTION.encode()).rstrip(b"=")[:-cut]
        message = read_message(mail(data, Content_Transfer_Encoding="base64"))
        assert REJECTION.startswith(message.text)
        assert len(message.text) >= len(REJECTION) - 5

    def test_base64_with_padding_in_the_middle_is_read_to_its_end(self) -> None:
        data = base64.b64encode(b"Dear Sam") + b"\r\n" + base64.b64encode(b", we are sorry")
        message = read_message(mail(data, Content_Transfer_Encoding="base64"))
        assert message.text == "Dear Sam, we are sorry"

    def test_a_footer_in_clear_text_below_base64_is_kept_apart_from_it(self) -> None:
        body = (
            base64.encodebytes(REJECTION.encode()).decode()
            + "\n___\nYou get this mail from a list, to leave it: no."
        )
        message = read_message(mail(body, Content_Transfer_Encoding="base64"))
        assert message.text == f"{REJECTION}\n___\nYou get this mail from a list, to leave it: no."

    def test_quoted_printable_that_nobody_declared_is_decoded(self) -> None:
        text = "Wir können Ihnen für diese Stelle leider keine Zusage geben, auch wenn uns die Bewerbung gefallen hat."
        message = read_message(mail(quopri.encodestring(text.encode()).decode()))
        assert (message.text, message.trouble) == (text, ("encoding",))

    def test_an_address_with_equals_signs_is_not_taken_for_quoted_printable(self) -> None:
        text = "See https://acme.example/?a=20&b=3D&c=20\nand https://acme.example/?a=20\n"
        assert read_message(mail(text)).text == text.strip()

    def test_soft_line_breaks_do_not_split_words(self) -> None:
        raw = mail("unfortuna=\ntely not mo=\nving on", Content_Transfer_Encoding="Quoted-Printable")
        assert read_message(raw).text == "unfortunately not moving on"

    def test_an_unknown_encoding_leaves_the_text_as_it_is(self) -> None:
        message = read_message(mail("hello", Content_Transfer_Encoding="x-uuencode"))
        assert (message.text, message.trouble) == ("hello", ("encoding",))


class TestHeaders:
    @pytest.mark.parametrize(
        ("raw", "subject"),
        [
            ("=?utf-8?B?5oSf6LCi5oKo5oo=?= =?utf-8?B?lemAkg==?=", "感谢您投递"),
            ("=?UTF-8?Q?Caf=C3=A9?=Application=?UTF-8?Q?_received?=", "CaféApplication received"),
            ("=?utf-8?Q?Thank_you?=\r\n =?utf-8?Q?_Sam?=", "Thank you Sam"),
            ("=?utf-8?Q?Thank_you=?= Sam", "Thank you Sam"),
            ("=?utf-8?X?bad?= one", "=?utf-8?X?bad?= one"),
            ("=?x-nonsense?Q?Bewerbung?=", "Bewerbung"),
            ("=?utf-8?Q?two words?=", "two words"),
            ("=?utf-8?B?VGhhbmsgeW91IQ?=", "Thank you!"),
            ("=?iso-8859-1?Q?R=E9ponse?=", "Réponse"),
            ("Job\u00a0offer\u200b \u202ffor you", "Job offer for you"),
            ("folded\r\n\tin two", "folded in two"),
        ],
    )
    def test_a_subject_is_decoded_as_far_as_it_can_be(self, raw: str, subject: str) -> None:
        assert read_message(mail(Subject=raw)).subject == subject

    def test_raw_bytes_in_a_subject_are_read(self) -> None:
        raw = mail().replace(b"Your application", "Réponse à votre candidature".encode("latin-1"))
        assert read_message(raw).subject == "Réponse à votre candidature"

    @pytest.mark.parametrize(
        ("raw", "sender"),
        [
            ('"Acme, Inc." <No-Reply@Acme.Example>', Address("Acme, Inc.", "no-reply@acme.example")),
            ('"Acme, Inc. <no-reply@acme.example>', Address("Acme, Inc.", "no-reply@acme.example")),
            ("jobs@acme.example", Address("", "jobs@acme.example")),
            ("jobs@acme.example (Acme Jobs)", Address("Acme Jobs", "jobs@acme.example")),
            ("Acme Hiring Team", Address("Acme Hiring Team", "")),
            ("Acme <>", Address("Acme", "")),
            ("Nobody <nowhere>, Dana <dana@acme.example>", Address("Dana", "dana@acme.example")),
            (
                "=?utf-8?Q?M=C3=BCller=2C_Dana?= <dana@acme.example>",
                Address("Müller, Dana", "dana@acme.example"),
            ),
            ("Recruiting: Dana <dana@acme.example>, lee@acme.example;", Address("Dana", "dana@acme.example")),
            ("<dana@acme.example> Dana", Address("Dana", "dana@acme.example")),
            ("Dana <mailto:dana@acme.example>", Address("Dana", "dana@acme.example")),
            ("'dana@acme.example' <dana@acme.example>", Address("dana@acme.example", "dana@acme.example")),
        ],
    )
    def test_the_sender_is_found_in_whatever_stands_in_from(self, raw: str, sender: Address) -> None:
        assert read_message(mail(From=raw)).sender == sender

    def test_a_mail_without_from_has_the_sender_of_the_sender_header(self) -> None:
        assert read_message(mail(From="", Sender="x@acme.example")).sender == Address("", "x@acme.example")

    def test_an_empty_group_is_no_recipient(self) -> None:
        assert read_message(mail(To="undisclosed-recipients:;")).recipients == ()

    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            ("Mon, 2 Mar 2026 10:00:00 GMT", dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)),
            ("2 Mar 2026 10:00:00 -0000", dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)),
            ("Mon, 2 Mar 2026 10:00:00 -0800 (PST)", dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)),
            ("Mon, 2 Mar 2026 25:61:00 +9999", None),
            ("yesterday", None),
            ("Fri, 31 Dec 9999 23:00:00 -1400", None),
            ("Mon, 2 Mar 99999999999999999999 10:00:00 +0000", None),
        ],
    )
    def test_a_date_is_utc_or_nothing(self, raw: str, expected: dt.datetime | None) -> None:
        message = read_message(mail(Date=raw))
        assert message.sent_at == expected
        assert ("date" in message.trouble) == (expected is None)

    def test_a_mail_without_a_message_id_has_none(self) -> None:
        assert read_message(mail(Message_ID="")).message_id is None

    def test_a_mail_without_headers_is_its_text(self) -> None:
        message = read_message(b"\r\nJust text, no headers\r\n")
        assert message.text == "Just text, no headers"
        assert {"headers", "sender", "date", "message-id"} == set(message.trouble)

    def test_text_that_has_neither_headers_nor_an_empty_line_is_text(self) -> None:
        assert read_message(b"Just text\nand more").text == "Just text\nand more"

    def test_the_separator_line_of_an_mbox_is_no_header(self) -> None:
        message = read_message(b"From jobs@acme.example Mon Mar  2 10:00:00 2026\n" + mail("Hello."))
        assert (message.subject, message.text) == ("Your application", "Hello.")

    def test_a_folded_line_without_indent_does_not_end_the_headers(self) -> None:
        raw = mail("Hello.", Subject="Your application for\r\nData Analyst")
        assert read_message(raw).subject == "Your application for Data Analyst"

    def test_line_ends_of_any_kind_are_read(self) -> None:
        assert read_message(mail("a\n\nb").replace(b"\r\n", b"\r")).text == "a\n\nb"
        assert read_message(mail("a\n\nb").replace(b"\r\n", b"\n")).text == "a\n\nb"

    def test_bulk_and_automatic_mail_say_so(self) -> None:
        assert read_message(mail(List_Unsubscribe="<mailto:x@y.example>")).is_bulk
        assert read_message(mail(Precedence="Bulk")).is_bulk
        assert read_message(mail(Auto_Submitted="auto-generated")).is_automatic
        assert read_message(mail(X_Auto_Response_Suppress="All")).is_automatic
        plain = read_message(mail(Auto_Submitted="no"))
        assert (plain.is_bulk, plain.is_automatic) == (False, False)

    def test_authentication_results_keep_their_order(self) -> None:
        raw = b"Authentication-Results: one;\r\n dkim=pass\r\nAuthentication-Results: two; none\r\n" + mail()
        assert read_message(raw).authentication_results == ("one; dkim=pass", "two; none")


class TestParts:
    def test_a_long_plain_part_is_taken(self) -> None:
        plain = "Thank you for applying to the role of Data Analyst. " * 6
        message = read_message(multipart(("text/plain", plain), ("text/html", "<p>Rich</p>")))
        assert message.text == plain.strip()

    def test_the_links_of_the_page_are_kept_where_the_plain_part_has_none(self) -> None:
        plain = "Thank you for applying to the role of Data Analyst. " * 6
        page = '<a href="https://acme.example/jobs/1">The job</a>'
        message = read_message(multipart(("text/plain", plain), ("text/html", page)))
        assert message.links == (Link("https://acme.example/jobs/1", "The job"),)

    @pytest.mark.parametrize(
        "plain",
        [
            "Your mail client cannot display HTML.",
            "Please view this email in a browser.\n" + "-" * 300,
            "This message is in HTML format. " + "Please use another client. " * 20,
            "Si ce message ne s'affiche pas bien, ouvrez-le dans votre navigateur.\n" + "-" * 300,
            "<table><tr><td>raw markup</td></tr></table>" * 10,
            "@media only screen { .a { color: red } }\n" * 10,
            "body { margin: 0; padding: 0 } " * 10,
        ],
    )
    def test_a_plain_part_that_only_stands_in_gives_way_to_the_page(self, plain: str) -> None:
        page = f"<p>Dear Sam, {REJECTION}</p>"
        message = read_message(multipart(("text/plain", plain), ("text/html", page)))
        assert message.text == f"Dear Sam, {REJECTION}"

    def test_a_page_deep_inside_nested_parts_is_found(self) -> None:
        inner = f"--r\nContent-Type: text/html\n\n<p>{REJECTION}</p>\n--r--"
        message = read_message(multipart(('multipart/related; boundary="r"', inner), kind="mixed"))
        assert message.text == REJECTION

    def test_the_texts_between_attachments_are_all_read(self) -> None:
        message = read_message(
            multipart(
                ("text/plain", "Before."),
                ('image/png; name="logo.png"\nContent-Disposition: inline', "xx"),
                ("text/plain", "After."),
                kind="mixed",
            )
        )
        assert message.text == "Before.\n\nAfter."
        assert message.attachments == ("logo.png",)

    def test_an_attached_text_is_listed_and_not_read(self) -> None:
        message = read_message(
            multipart(
                ("text/plain", "See attached."),
                ('text/plain\nContent-Disposition: attachment; filename="cv.txt"', REJECTION),
                (
                    "application/pdf\nContent-Disposition: attachment;\n"
                    " filename*0*=UTF-8''Angebot%20M%C3%BC; filename*1=ller.pdf",
                    "xx",
                ),
                ("application/pdf; name*=iso-8859-1''R%E9sum%E9.pdf", "xx"),
                kind="mixed",
            )
        )
        assert message.text == "See attached."
        assert message.attachments == ("cv.txt", "Angebot Müller.pdf", "Résumé.pdf")

    def test_a_text_with_a_file_name_is_the_mails_own_where_it_has_no_other(self) -> None:
        named = ('text/html; name="mail.html"', f"<p>{REJECTION}</p>")
        assert read_message(multipart(named, kind="mixed")).text == REJECTION
        assert read_message(multipart(("text/plain", "Hi"), named, kind="mixed")).text == "Hi"

    def test_a_missing_boundary_is_guessed(self) -> None:
        body = "--b\nContent-Type: text/plain\n\nhello\n--b--\n"
        for content_type in ("multipart/alternative", 'multipart/alternative; boundary="other"'):
            assert read_message(mail(body, content_type=content_type)).text == "hello"

    def test_a_multipart_mail_without_parts_is_its_text(self) -> None:
        message = read_message(mail("hello", content_type='multipart/mixed; boundary="b"'))
        assert (message.text, message.trouble) == ("hello", ("boundary",))

    def test_a_mail_that_breaks_off_is_read_as_far_as_it_goes(self) -> None:
        raw = multipart(("text/plain", "short"), ("text/html", f"<p>{REJECTION}</p>"))
        assert read_message(raw[: raw.index(b"</p>")]).text == REJECTION

    def test_a_page_that_is_called_plain_text_is_read_as_a_page(self) -> None:
        message = read_message(mail(f"<html><body><p>Dear Sam,</p><p>{REJECTION}</p></body></html>"))
        assert message.text == f"Dear Sam,\n\n{REJECTION}"

    def test_markup_in_the_middle_of_a_plain_part_is_read_as_a_page(self) -> None:
        message = read_message(
            mail(f"Acme Careers\n<table><tr><td>Dear Sam,</td></tr><tr><td>{REJECTION}</td></tr></table>")
        )
        assert message.text == f"Acme Careers\nDear Sam,\n{REJECTION}"

    def test_addresses_in_angle_brackets_do_not_make_a_page(self) -> None:
        text = "Write to <dana@acme.example>\nor see <https://acme.example>\nor <b>both</b>."
        assert read_message(mail(text)).text == text

    @pytest.mark.parametrize(
        ("delsp", "text"), [("", "we are moving on\n--\nDana"), ("; delsp=yes", "we aremoving on\n--\nDana")]
    )
    def test_flowed_lines_are_put_together(self, delsp: str, text: str) -> None:
        raw = mail("we are \nmoving on\n-- \nDana", content_type=f"text/plain; format=flowed{delsp}")
        assert read_message(raw).text == text

    def test_an_unreadable_content_type_means_plain_text(self) -> None:
        assert read_message(mail("hello", content_type="foo; bar=")).text == "hello"

    def test_a_mail_of_an_image_alone_is_empty(self) -> None:
        message = read_message(mail('<img src="https://t.example/p.gif">', content_type="text/html"))
        assert (message.text, message.trouble) == ("", ("empty",))


class TestOlderMail:
    def test_a_quoted_rejection_is_not_what_the_sender_writes_now(self) -> None:
        message = read_message(
            mail(
                "Great news: we would like to schedule an interview.\n\n"
                f"On Mon, Mar 2, 2026 at 10:00 AM Acme <hr@acme.example> wrote:\n> {REJECTION}\n",
                Subject="Re: Your application",
            )
        )
        assert message.text == "Great news: we would like to schedule an interview."
        assert REJECTION in message.quoted_text

    @pytest.mark.parametrize(
        "quote",
        [
            '<div class="gmail_quote"><div class="gmail_attr">On Mon Acme wrote:<br></div><blockquote>{}</blockquote></div>',
            '<blockquote type="cite"><div>{}</div></blockquote>',
            '<div id="divRplyFwdMsg"><b>From:</b> Acme<br><b>Sent:</b> Monday</div><div>{}</div>',
            '<div id="appendonsend"></div><hr><div>{}</div>',
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Acme &lt;hr@acme.example&gt;<br>'
            "<b>Sent:</b> Monday, March 2, 2026<br><b>To:</b> Sam<br><b>Subject:</b> Your application</p></div><p>{}</p>",
            '<div class="moz-cite-prefix">Am 02.03.26 um 10:00 schrieb Acme:</div><blockquote type="cite">{}</blockquote>',
        ],
    )
    def test_a_page_that_quotes_a_rejection_is_taken_apart(self, quote: str) -> None:
        page = "<div>We would like to schedule an interview.</div>" + quote.format(REJECTION)
        message = read_message(mail(page, content_type="text/html", Subject="Re: x"))
        assert message.text == "We would like to schedule an interview."
        assert REJECTION in message.quoted_text

    def test_an_answer_below_a_quoted_page_is_what_the_sender_writes(self) -> None:
        page = (
            f'<blockquote type="cite">{REJECTION}</blockquote><p>That was a mistake, we want to meet you.</p>'
        )
        message = read_message(mail(page, content_type="text/html"))
        assert (message.text, message.quoted_text) == ("That was a mistake, we want to meet you.", REJECTION)

    def test_a_mail_that_is_nothing_but_a_quote_is_its_text(self) -> None:
        raw = mail(f'<blockquote type="cite">{REJECTION}</blockquote>', content_type="text/html")
        assert (read_message(raw).text, read_message(raw).quoted_text) == (REJECTION, "")
        assert read_message(mail(f"> {REJECTION}\n> Acme\n> Dana\n")).text.startswith(f"> {REJECTION}")

    def test_links_of_a_quoted_mail_are_not_links_of_the_mail(self) -> None:
        page = (
            '<p>Hi, see <a href="https://acme.example/new">this</a></p>'
            '<blockquote type="cite"><a href="https://acme.example/old">that</a></blockquote>'
        )
        message = read_message(mail(page, content_type="text/html"))
        assert message.links == (Link("https://acme.example/new", "this"),)


class TestForwards:
    @pytest.mark.parametrize(
        ("marker", "headers"),
        [
            (
                "---------- Forwarded message ---------",
                "From: Acme <hr@acme.example>\nDate: Mon, Mar 2, 2026\nSubject: Thank you\nTo: <sam@example.org>",
            ),
            (
                "Begin forwarded message:",
                "From: Acme <hr@acme.example>\nSubject: Thank you\nDate: March 2, 2026\nTo: sam@example.org",
            ),
            (
                "-------- Weitergeleitete Nachricht --------",
                "Betreff: \tThank you\nDatum: \tMon, 2 Mar 2026\nVon: \tAcme <hr@acme.example>\nAn: \tsam@example.org",
            ),
            (
                "---------- Message transféré ----------",
                "De : Acme <hr@acme.example>\nDate : lun. 2 mars 2026\nObjet : Thank you\nÀ : sam@example.org",
            ),
            (
                "---------- Mensaje reenviado ---------",
                "De: Acme <hr@acme.example>\nFecha: lun, 2 mar 2026\nAsunto: Thank you\nPara: <sam@example.org>",
            ),
        ],
    )
    def test_a_mail_that_is_passed_on_in_the_text_is_read(self, marker: str, headers: str) -> None:
        raw = mail(
            f"FYI\n\n{marker}\n{headers}\n\n{REJECTION}", From="sam@example.org", Subject="Fwd: Thank you"
        )
        message = read_message(raw)
        assert (message.text, message.subject) == ("FYI", "Fwd: Thank you")
        inner = message.forwarded
        assert inner is not None
        assert (inner.sender, inner.subject, inner.text) == (
            Address("Acme", "hr@acme.example"),
            "Thank you",
            REJECTION,
        )
        assert inner.recipients == (Address("", "sam@example.org"),)

    @pytest.mark.parametrize("prefix", ["FW:", "WG:", "TR :", "RV:", "I:", "Fwd:"])
    def test_a_header_block_is_a_forward_when_the_subject_says_so(self, prefix: str) -> None:
        text = (
            "________________________________\nVon: Acme <hr@acme.example>\nGesendet: Montag, 2. März 2026 10:00\n"
            f"An: Sam\nBetreff: Absage\n\n{REJECTION}"
        )
        forward = read_message(mail(text, Subject=f"{prefix} Absage"))
        assert forward.text == ""
        assert forward.forwarded is not None
        assert (forward.forwarded.subject, forward.forwarded.text) == ("Absage", REJECTION)
        reply = read_message(mail("Danke!\n" + text, Subject="AW: Absage"))
        assert (reply.text, reply.forwarded) == ("Danke!", None)
        assert REJECTION in reply.quoted_text

    def test_gmails_forward_of_a_page_is_a_forward_and_no_quote(self) -> None:
        page = (
            '<div>FYI</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>'
            "From: <strong>Acme</strong> <span>&lt;<a href='mailto:hr@acme.example'>hr@acme.example</a>&gt;</span><br>"
            "Date: Mon, Mar 2, 2026<br>Subject: Thank you<br>To:  &lt;sam@example.org&gt;<br></div>"
            f'<p>{REJECTION}</p><a href="https://acme.example/jobs/1">Job</a></div>'
        )
        message = read_message(mail(page, content_type="text/html", Subject="Fwd: Thank you"))
        assert message.text == "FYI"
        assert message.forwarded is not None
        assert message.forwarded.sender == Address("Acme", "hr@acme.example")
        assert message.forwarded.text == f"{REJECTION}\n\nJob"
        assert message.forwarded.links == (Link("https://acme.example/jobs/1", "Job"),)

    def test_an_attached_mail_is_read(self) -> None:
        inner = (
            "From: HR <hr@acme.example>\nSubject: Offer letter\nMessage-ID: <in@x>\n\nWe offer you the role."
        )
        message = read_message(
            multipart(("text/plain", "see below"), ("message/rfc822", inner), kind="mixed")
        )
        assert message.text == "see below"
        assert message.forwarded is not None
        assert (message.forwarded.subject, message.forwarded.text) == (
            "Offer letter",
            "We offer you the role.",
        )
        assert message.forwarded.message_id == "in@x"

    def test_a_mail_that_came_back_is_an_older_mail(self) -> None:
        message = read_message(
            multipart(
                ("text/plain", "Delivery failed."),
                ("message/delivery-status", "Status: 5.1.1"),
                ("message/rfc822", "From: sam@example.org\nSubject: My application\n\nI accept your offer."),
                kind="report",
            )
        )
        assert (message.text, message.forwarded) == ("Delivery failed.", None)
        assert message.quoted_text == "I accept your offer."

    def test_mails_inside_mails_are_read_to_a_depth_and_no_further(self) -> None:
        raw = b"Subject: 0\n\nthe innermost"
        for number in range(1, 50):
            raw = b"Subject: %d\nContent-Type: message/rfc822\n\n" % number + raw
        message, depth = read_message(raw), 0
        while message.forwarded is not None:
            message, depth = message.forwarded, depth + 1
        assert depth == 3


class TestInvitations:
    CALENDAR = (
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1@acme\nSEQUENCE:{}\n"
        "DTSTART:20260310T090000Z\nSUMMARY:Interview\nEND:VEVENT\nEND:VCALENDAR"
    )

    def test_an_invitation_in_the_mail_and_attached_is_one(self) -> None:
        message = EmailMessage()
        message["From"] = "dana@acme.example"
        message.set_content("You are invited.")
        message.add_alternative(
            self.CALENDAR.format(0), subtype="calendar", params={"method": "REQUEST"}, cte="base64"
        )
        message.add_attachment(self.CALENDAR.format(1).encode(), "application", "ics", filename="invite.ics")
        read = read_message(message.as_bytes())
        assert read.text == "You are invited."
        assert [(one.uid, one.sequence) for one in read.invitations] == [("1@acme", 1)]
        assert read.attachments == ("invite.ics",)

    def test_an_ics_file_of_unknown_type_is_read(self) -> None:
        part = 'application/octet-stream; name="invite.ics"\nContent-Disposition: attachment'
        message = read_message(multipart(("text/plain", "Hi"), (part, self.CALENDAR.format(0)), kind="mixed"))
        assert message.invitations[0].starts_at == dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)

    def test_a_broken_calendar_is_trouble_and_no_error(self) -> None:
        message = read_message(
            multipart(("text/plain", "Hi"), ("text/calendar", "BEGIN:VCAL\nnonsense"), kind="mixed")
        )
        assert (message.invitations, message.trouble) == ((), ("calendar",))


class TestPlainText:
    def test_what_has_no_width_or_cannot_be_stored_is_left_out(self) -> None:
        message = read_message(mail("abc\0\0def un\u00adfor\u200btunately\u00a0not\u202fnow \ufeff"))
        assert message.text == "abcdef unfortunately not now"
        assert message.trouble == ("nul",)

    def test_addresses_are_found_with_the_words_before_them(self) -> None:
        message = read_message(
            mail("View the job: https://acme.example/jobs/1.\nOr <https://acme.example/2>")
        )
        assert message.links == (
            Link("https://acme.example/jobs/1", "View the job"),
            Link("https://acme.example/2", "Or"),
        )


EXPECTED = {
    "01": ("Bewerbung", "Hallo, vielen Dank für Ihre Bewerbung"),
    "02": ("Merci pour votre candidature été", "Candidature reçue"),
    "03": ("面试邀请", "面试邀请：瑄镕"),
    "04": ("Thank you for applying to Acme✨ =?utf-8?X?bad?=", "body"),
    "05": ("感谢您投递", "body"),
    "06": ("Application received", "body"),
    "07": ("", "Just text, no headers"),
    "08": ("x", "hello"),
    "09": ("x", "Unfortunately we will not move forward"),
    "10": (
        "Your Application at Acme",
        "Dear Sam,\n\nWe have decided to move forward with other candidates for R-12345 Data Analyst.",
    ),
    "11": ("Update", "Thank you for applying to Acme!"),
    "14": ("Fwd: Thank you for applying to Acme", ""),
    "15": ("Fwd: offer", "see below"),
    "16": (
        "Re: Your application",
        "Hi Sam, great news - we reopened the role and would like to schedule an interview.",
    ),
    "19": ("x", "abcdef"),
    "20": ("ok", "body"),
    "21": ("Re: Bewerbung als Entwickler in", "we’re unfortunately not moving forward"),
    "22": ("x", "Unfortunately"),
    "23": ("x", "hello"),
    "24": ("x", "Interview"),
    "25": ("Congratulations!", ""),
    "26": ("CaféApplication received", "body"),
    "27": ("x", "body"),
    "28": ("x", "body"),
}


@pytest.mark.parametrize("number", EXPECTED)
def test_the_collected_edge_cases_are_read(shared_data: Path, number: str) -> None:
    (path,) = (shared_data / "mail" / "edge").glob(f"{number}_*.eml")
    message = read_message(path.read_bytes())
    assert (message.subject, message.text) == EXPECTED[number]


def test_the_collected_cancellation_has_its_time_and_its_end(shared_data: Path) -> None:
    (path,) = (shared_data / "mail" / "edge").glob("13_*.eml")
    (invitation,) = read_message(path.read_bytes()).invitations
    assert invitation.starts_at == dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
    assert (invitation.cancelled, invitation.sequence) == (True, 1)
