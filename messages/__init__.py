"""Everything the bot says, and how it is put into words.

Where a text lives
  short texts   messages/<lang>/<feature>.toml     address "<feature>.<table>.<key>"   words.text, words.label
  cards         messages/<lang>/cards/<name>.html.j2               name "<name>"       words.card
  card parts    messages/<lang>/cards/_<name>.html.j2   {% include "_<name>.html.j2" %}

Every value is a Jinja template in Telegram's HTML. Facts are escaped, put on one line and cut to 120 by themselves:
  {{ x }} names and places · |clip or |clip(80) what a person wrote, paragraphs kept, 500 by default · |whole official
  texts, never cut · |joined(5, '人') 甲、乙等7人 · |mask_phone 尾号5678 · |url in href="…"
  |hhmm 18:02 · |day 6月20日 · |day_hhmm 6月20日 18:02 (times from Work.local) · |minutes 1小时30分钟
  |n figures, None is 未知 · |plural('person', 'people') in English · |big 1️⃣ · |colour_mark 🔴 · |colour_word 红色
  of Jinja: default, first, last, length; if, for, set, with, include. No macros, no methods.

A line that ends with a {% … %} loses its line end (trim_blocks). tests/messages/ says what is missing or wrong, and
tests/messages/samples.py is where addresses put together in code are declared.
"""
