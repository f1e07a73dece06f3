"""The parts of an Office Open XML workbook (ECMA-376) that are the same for every table."""

from collections.abc import Sequence
from html import escape

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
BOLD, DATE = 1, 2  # of the styles below
NAME = "Presses"
STYLES = f"""{XML}<styleSheet xmlns="{MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""
WIDTHS = {
    "pressed_utc": 20,
    "pressed_local": 20,
    "saved_utc": 20,
    "saved_local": 20,
    "key": 36,
    "takes_back": 36,
    "reason": 36,
    "until_utc": 20,
    "until_local": 20,
}
WIDTH = 12  # characters, of any other column


def escaped(text: str) -> str:
    """A text within XML."""
    return escape(text, quote=False)


def sheet_name(number: int) -> str:
    """The name of a sheet's file."""
    return f"xl/worksheets/sheet{number}.xml"


def sheet_begin(columns: Sequence[str]) -> str:
    """A sheet up to its second row: the column names stay in view."""
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{WIDTHS.get(name, WIDTH)}" customWidth="1"/>' for n, name in enumerate(columns, 1)
    )
    names = "".join(f'<c s="{BOLD}" t="inlineStr"><is><t>{escaped(name)}</t></is></c>' for name in columns)
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return f'{XML}<worksheet xmlns="{MAIN}">{view}<cols>{widths}</cols><sheetData><row>{names}</row>'


def sheet_end(columns: int, rows: int) -> str:
    """The rest of a sheet: its columns can be filtered."""
    return f'</sheetData><autoFilter ref="A1:{chr(ord("A") + columns - 1)}{rows}"/></worksheet>'


def parts(sheets: int) -> dict[str, str]:
    """All files of a workbook with so many sheets, except the sheets."""
    numbers = range(1, sheets + 1)
    types = {f"/{sheet_name(n)}": "worksheet" for n in numbers}
    types |= {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    overrides = "".join(f'<Override PartName="{name}" ContentType="{TYPE}.{kind}+xml"/>' for name, kind in types.items())
    listed = "".join(f'<sheet name="{NAME}{n if n > 1 else ""}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    targets = {n: ("worksheet", sheet_name(n).removeprefix("xl/")) for n in numbers} | {sheets + 1: ("styles", "styles.xml")}
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">{defaults}{overrides}</Types>',
        "_rels/.rels": _relations({1: ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(targets),
        "xl/styles.xml": STYLES,
    }


def _relations(targets: dict[int, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in targets.items()
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'
