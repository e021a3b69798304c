"""Lists of warnings as Atom and RSS: what they hold, what they lead to, and that one odd entry loses nobody else."""

import pytest

from domain.sources import SourceKind
from feeds.reading import Reading, Refused
from tests.feeds.reading_support import read, refused, sample

INDEX = SourceKind.CAP_INDEX


def atom(*entries: str, around: str = "") -> Reading:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return read(INDEX, f'<feed xmlns="http://www.w3.org/2005/Atom">{around}{body}</feed>')


def alert(identifier: str = "i", info: str = "<info><event>暴雨</event></info>", kind: str = "Alert") -> str:
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>s</sender>'
        f"<sent>2026-07-13T06:05:00+08:00</sent><status>Actual</status><msgType>{kind}</msgType><scope>Public</scope>"
        f"{info}</alert>"
    )


def test_an_atom_list_gives_links_and_what_is_inside_and_tells_what_is_odd() -> None:
    reading = sample(INDEX, "index/atom.xml")
    assert [(link.url, link.version) for link in reading.links] == [
        ("https://cap.example.cn/a/1.xml", "urn:x:1 2026-07-13T06:05:00Z"),
        ("https://cap.example.cn/feed/a/3.xml", "urn:x:3 2026-07-13T06:01:00Z"),
        ("https://cap.example.cn/a/6.xml", "urn:x:6 2026-07-13T06:05:00Z"),
    ]
    assert [notice.identifier for notice in reading.notices] == ["inside"]
    assert reading.refused == (
        Refused("no_link", "什么都没有"),
        Refused("bad_link", "javascript:alert(1)"),
        Refused("no_identifier"),
    )


def test_an_rss_list_gives_links_enclosures_and_escaped_alerts() -> None:
    reading = sample(INDEX, "index/rss.xml")
    assert [link.url for link in reading.links] == [
        "https://cap.example.cn/a/1.xml",
        "a/2.xml",
        "https://cap.example.cn/a/4.xml",
    ]
    assert reading.links[0].version == "g1 Mon, 13 Jul 2026 06:05:00 +0800"
    assert [notice.identifier for notice in reading.notices] == ["escaped"]
    assert reading.refused == ()


@pytest.mark.parametrize(
    "body",
    [
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>',
        '<rss version="2.0"><channel><title>x</title></channel></rss>',
        "<rss><channel/></rss>",
        '<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ],
)
def test_a_list_without_entries_says_none(body: str) -> None:
    assert read(INDEX, body) == Reading()


def test_rss_1_0_has_its_items_beside_the_channel() -> None:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    body = f'<r:RDF xmlns:r="{rdf}" xmlns="http://purl.org/rss/1.0/"><channel/><item><link>https://a/1</link></item></r:RDF>'
    assert [link.url for link in read(INDEX, body).links] == ["https://a/1"]


def test_the_version_follows_the_date_and_without_one_the_words() -> None:
    def version(*parts: str) -> str:
        (link,) = atom("<id>1</id><link href='https://a/1'/>" + "".join(parts)).links
        return link.version

    assert version("<updated>u1</updated>") == version("<updated>u1</updated>", "<title>other words</title>")
    assert version("<updated>u1</updated>") != version("<updated>u0</updated>")
    assert version("<title>暴雨橙色</title>") != version("<title>暴雨红色</title>")


@pytest.mark.parametrize(
    ("links", "taken"),
    [
        ("<link href='https://a/page'/><link type='application/cap+xml' href='https://a/cap'/>", "https://a/cap"),
        ("<link type='text/html' href='https://a/page'/><link rel='related' href='https://a/doc'/>", "https://a/doc"),
        ("<link rel='self' href='https://a/self'/><link rel='alternate' href='https://a/doc'/>", "https://a/doc"),
        ("<link type='text/html' href='https://a/page'/>", "https://a/page"),
        ("<link href=''/><link href=' https://a/1 '/>", "https://a/1"),
    ],
)
def test_of_several_links_the_likeliest_is_taken(links: str, taken: str) -> None:
    assert [link.url for link in atom(links).links] == [taken]


@pytest.mark.parametrize(
    "href", ["file:///etc/passwd", "data:text/xml,x", "ftp://a/1", "https://[::1", "x" * 3_000, "JAVASCRIPT:x"]
)
def test_an_address_that_is_none_is_told(href: str) -> None:
    reading = atom(f"<link href='{href}'/>", "<link href='https://a/1'/>")
    assert [odd.reason for odd in reading.refused] == ["bad_link"]
    assert [link.url for link in reading.links] == ["https://a/1"]


def test_addresses_are_data_and_private_ones_are_left_to_whoever_fetches() -> None:
    assert [link.url for link in atom("<link href='http://127.0.0.1/1'/>").links] == ["http://127.0.0.1/1"]


def test_a_whole_alert_inside_needs_no_link_and_half_of_one_does() -> None:
    link = "<link href='https://a/1'/>"
    assert (len(atom(alert() + link).notices), atom(alert() + link).links) == (1, ())
    half = atom(alert(info="") + link)
    assert (half.notices, [one.url for one in half.links]) == ((), ["https://a/1"])
    cancel = atom(alert(info="", kind="Cancel") + link)
    assert (len(cancel.notices), cancel.links) == (1, ())


def test_an_alert_inside_that_cannot_be_read_is_fetched_where_there_is_a_link() -> None:
    reading = atom(alert(identifier="") + "<link href='https://a/1'/>")
    assert [one.url for one in reading.links] == ["https://a/1"]


def test_an_alert_outside_of_every_entry_is_told() -> None:
    assert [odd.reason for odd in atom(around=alert()).refused] == ["wrapped_alerts"]


def test_a_list_beyond_all_measure_is_read_in_part_and_told() -> None:
    reading = atom(*["<link href='https://a/1'/>"] * 2_001)
    assert (len(reading.links), [odd.reason for odd in reading.refused]) == (2_000, ["too_many_items"])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html><body>502</body></html>", "not_cap"),
        ("{}", "not_xml"),
        ("", "empty"),
        ("<!DOCTYPE a><feed/>", "doctype"),
    ],
)
def test_what_is_no_list_is_a_failure_and_never_none(body: str, reason: str) -> None:
    assert refused(INDEX, body) == reason
