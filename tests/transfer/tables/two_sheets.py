"""A workbook of two sheets."""

import io
import zipfile

from tests.transfer.tables.reading import FILES


def two_sheets() -> bytes:
    """Sheet us, in which the doors come to -1 and 1253, and sheet April, in which the second one comes to 1255."""
    book = io.BytesIO()
    with zipfile.ZipFile(FILES / "libreoffice_us.ods") as one, zipfile.ZipFile(book, "w") as two:
        for name in one.namelist():
            content = one.read(name)
            if name == "content.xml":
                start, end = content.index(b"<table:table "), content.index(b"</table:table>") + len(b"</table:table>")
                april = content[start:end].replace(b'"us"', b'"April"').replace(b'office:value="3"', b'office:value="5"')
                content = content[:end] + april + content[end:]
            two.writestr(name, content)
    return book.getvalue()
