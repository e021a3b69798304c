"""The printed enrolment sheet of a village: one page of cards to cut apart, a QR code and few large words on each.

One self-contained HTML page, nothing loaded from anywhere: it may be printed on a machine without network. Whoever
calls this writes the page where only the officer reads it; the codes in it are keys.
"""

from collections.abc import Sequence

import segno
from jinja2 import Environment
from markupsafe import Markup

from domain.enrolment import IssuedLink
from messages import cleaning
from messages.keyboards import Labels

_PAGE = """<!DOCTYPE html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta name="robots" content="noindex">
<title>{{ title }}</title>
<style>
@page { size: A4; margin: 10mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff;
  font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei", sans-serif; }
h1 { font-size: 20pt; margin: 0 0 4mm; }
.cards { display: grid; grid-template-columns: 1fr 1fr; }
.card { border: 0.3mm dashed #777; padding: 5mm; min-height: 88mm; break-inside: avoid; }
.name { font-size: 24pt; font-weight: 700; }
.post, .tail { font-size: 13pt; line-height: 1.3; }
.code { display: block; width: 42mm; height: 42mm; margin: 2mm 0; }
.code svg { width: 100%; height: 100%; display: block; }
.how { font-size: 16pt; font-weight: 700; line-height: 1.25; }
.small { font-size: 11pt; line-height: 1.35; }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<div class="cards">
{% for card in cards %}
<section class="card">
<div class="name">{{ card.name }}</div>
<div class="post">{{ card.posts }}</div>
<div class="tail">{{ card.tail }}</div>
<div class="code">{{ card.code }}</div>
<div class="how">{{ card.scan }}</div>
<div class="small">{{ card.own }}</div>
<div class="small">{{ card.until }}</div>
<div class="small">{{ card.other_way }}</div>
</section>
{% endfor %}
</div>
</body>
</html>
"""


def enrolment_sheet(words: Labels, place: str, links: Sequence[IssuedLink], bot_name: str, lang: str = "zh") -> str:
    """The page of one village. Of a number only the last four digits stand on it."""
    page = Environment(autoescape=True, trim_blocks=True).from_string(_PAGE)
    cards = [
        {
            "name": cleaning.one_line(link.name, 20),
            "posts": cleaning.one_line("；".join(link.duties), 80),
            "tail": words.label("enrol.sheet.tail", lang, tail=link.tail),
            "code": _code(link.url),
            "scan": words.label("enrol.sheet.scan", lang),
            "own": words.label("enrol.sheet.own", lang, name=link.name),
            "until": words.label("enrol.sheet.until", lang, expires=link.expires_at),
            "other_way": words.label("enrol.sheet.other_way", lang, bot=bot_name),
        }
        for link in links
    ]
    return page.render(lang=lang, title=words.label("enrol.sheet.title", lang, place=place), cards=cards)


def _code(url: str) -> Markup:
    """The link as an inline picture. Error correction Q: a quarter may be creased or wet."""
    return Markup(segno.make(url, error="q", micro=False).svg_inline(border=4, omitsize=True))  # noqa: S704


def sheets_by_village(words: Labels, links: Sequence[IssuedLink], bot_name: str, lang: str = "zh") -> dict[str, str]:
    """Code of the village (or township, or county) → its page, for the links of a larger area."""
    villages = dict.fromkeys(link.village for link in links)
    return {
        village: enrolment_sheet(words, here[0].village_name, here, bot_name, lang)
        for village in villages
        if (here := [link for link in links if link.village == village])
    }
