"""How the text files of a company look inside: one form for each kind of text that a file name suggests.

In a row ``#`` is drawn from 0 to 9, ``^`` from 1 to 9, ``@`` is a hexadecimal digit, ``<a|b>`` one of some words of
one length, ``~`` the place where a row is drawn out to fill a file to its last byte. ``{day}`` and ``{time}`` go on
from row to row through the days that the file's name tells; where it tells none there are no dates, but ``{secs}``.
All rows of a form are of one width.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A kind of text: what stands above its rows, a row where days are known and where not, what stands below."""

    head: str
    row: str
    undated: str
    tail: str = ""


_OFFICE = "<north|south|coast|upper|lower>"
_STATE = "<open|done|held|sent>"

_CSV = Form(
    head="id,day,time,office,state,quantity,amount,reference,remark\n",
    row=f"^#####,{{day}},{{time}},{_OFFICE},{_STATE},^#,^##.##,@@@@@@@@@@@@,checked~\n",
    undated=f"^#####,^#,##,{_OFFICE},{_STATE},^#,^##.##,@@@@@@@@@@@@,checked~\n",
)
_JSON_ROW = f'"office": "{_OFFICE}", "state": "{_STATE}", "count": ^##, "amount": ^##.##, "remark": "checked~"'
_LOG = "<web1|web2|job1|job2> <info|info|info|warn> request @@@@@@@@@@@@ <GET|GET|PUT> /api/v2/items/^####"
_SQL = f"(^######, '@@@@@@@@@@@@', '{_OFFICE}', '{_STATE}', ^##.##, 'checked~');\n"
_PROSE = (
    "Item ^###: the <north|south|coast> office counted ^## and passed on ^#; see sheet ^##, row ^##, mark @@@@@@~.\n"
)
_SETTING = "<queue|store|route|cache|proxy>.@@@@.<limit|count|width> = ^###  ; set with change ^####~\n"

FORMS: dict[str, Form] = {
    "csv": _CSV,
    "tsv": _CSV,
    "json": Form(
        head='{"rows": [\n',
        row=f'{{"id": "@@@@@@@@@@@@", "day": "{{day}}", {_JSON_ROW}}},\n',
        undated=f'{{"id": "@@@@@@@@@@@@", {_JSON_ROW}}},\n',
        tail='{"id": "end"}\n]}\n',
    ),
    "jsonl": Form(
        head="",
        row=f'{{"id": "@@@@@@@@@@@@", "day": "{{day}}", {_JSON_ROW}}}\n',
        undated=f'{{"id": "@@@@@@@@@@@@", {_JSON_ROW}}}\n',
    ),
    "geojson": Form(
        head='{"type": "FeatureCollection", "features": [\n',
        row=(
            '{"type": "Feature", "properties": {"id": "@@@@@@@@", "surveyed": "{day}", "remark": "checked~"}, '
            '"geometry": {"type": "Point", "coordinates": [1#.######, 5#.######]}},\n'
        ),
        undated=(
            '{"type": "Feature", "properties": {"id": "@@@@@@@@", "remark": "checked~"}, '
            '"geometry": {"type": "Point", "coordinates": [1#.######, 5#.######]}},\n'
        ),
        tail='{"type": "Feature", "properties": {}, "geometry": null}\n]}\n',
    ),
    "log": Form(
        head="",
        row=f"{{day}}T{{time}}Z {_LOG} <200|200|200|304|404> ^##ms~\n",
        undated=f"[{{secs}}.###] {_LOG} <200|200|200|304|404> ^##ms~\n",
    ),
    "sql": Form(
        head=(
            "-- PostgreSQL database dump\n\nSET client_encoding = 'UTF8';\nCREATE TABLE items (id bigint, "
            "reference text, office text, state text, amount numeric, remark text);\n"
        ),
        row=f"INSERT INTO items VALUES {_SQL}",
        undated=f"INSERT INTO items VALUES {_SQL}",
        tail="\n-- PostgreSQL database dump complete\n",
    ),
    "txt": Form(head="", row=_PROSE, undated=_PROSE),
    "md": Form(head="# Notes\n\n", row=f"- {_PROSE}", undated=f"- {_PROSE}"),
    "yaml": Form(
        head="entries:\n",
        row=f"  - {{id: '@@@@@@@@', office: {_OFFICE}, count: ^##, remark: checked~}}\n",
        undated=f"  - {{id: '@@@@@@@@', office: {_OFFICE}, count: ^##, remark: checked~}}\n",
    ),
    "conf": Form(
        head="; Kept by the operations desk; restart the service after a change.\n", row=_SETTING, undated=_SETTING
    ),
    "reg": Form(
        head="Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Desk\\Settings]\r\n",
        row='"<Queue|Store|Route>@@@@@@~"=dword:0000@@@@\r\n',
        undated='"<Queue|Store|Route>@@@@@@~"=dword:0000@@@@\r\n',
    ),
    "xml": Form(
        head='<?xml version="1.0" encoding="UTF-8"?>\n<entries>\n',
        row=f'  <entry id="@@@@@@@@" office="{_OFFICE}" count="^##">checked~</entry>\n',
        undated=f'  <entry id="@@@@@@@@" office="{_OFFICE}" count="^##">checked~</entry>\n',
        tail="</entries>\n",
    ),
    "tmx": Form(
        head=(
            '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n<header srclang="en" segtype="sentence" '
            'datatype="plaintext" creationtool="desk" creationtoolversion="2" o-tmf="desk" adminlang="en"/>\n<body>\n'
        ),
        row=(
            '<tu tuid="@@@@@@@@"><tuv xml:lang="en"><seg>See item ^### on page ^##~</seg></tuv>'
            '<tuv xml:lang="de"><seg>Siehe Posten ^### auf Seite ^##</seg></tuv></tu>\n'
        ),
        undated=(
            '<tu tuid="@@@@@@@@"><tuv xml:lang="en"><seg>See item ^### on page ^##~</seg></tuv>'
            '<tuv xml:lang="de"><seg>Siehe Posten ^### auf Seite ^##</seg></tuv></tu>\n'
        ),
        tail="</body>\n</tmx>\n",
    ),
    "gpx": Form(
        head='<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="desk"><trk><trkseg>\n',
        row='<trkpt lat="5#.######" lon="1#.######"><ele>^##.#</ele><time>{day}T{time}Z</time><cmt>ok~</cmt></trkpt>\n',
        undated='<trkpt lat="5#.######" lon="1#.######"><ele>^##.#</ele><cmt>ok~</cmt></trkpt>\n',
        tail="</trkseg></trk></gpx>\n",
    ),
    "ics": Form(
        head="BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//desk//calendar 2//EN\r\n",
        row=(
            "BEGIN:VEVENT\r\nUID:@@@@@@@@@@@@\r\nDTSTART:20230^1^T0^<1|3|4>#00Z\r\n"
            "SUMMARY:Meeting ^##, room ^#~\r\nEND:VEVENT\r\n"
        ),
        undated=(
            "BEGIN:VEVENT\r\nUID:@@@@@@@@@@@@\r\nDTSTART:20220^1^T0^3000Z\r\n"
            "SUMMARY:Meeting ^##, room ^#~\r\nEND:VEVENT\r\n"
        ),
        tail="END:VCALENDAR\r\n",
    ),
    "html": Form(
        head="<!DOCTYPE html>\n<html><body><table>\n",
        row=f"<tr><td>@@@@@@@@</td><td>{_OFFICE}</td><td>^##</td><td>checked~</td></tr>\n",
        undated=f"<tr><td>@@@@@@@@</td><td>{_OFFICE}</td><td>^##</td><td>checked~</td></tr>\n",
        tail="</table></body></html>\n",
    ),
}
FORMS |= {
    "tbx": FORMS["xml"],
    "yml": FORMS["yaml"],
    "cfg": FORMS["conf"],
    "ini": FORMS["conf"],
    "ndjson": FORMS["jsonl"],
}
"""By the ending of the file's name."""
