"""Documents as their programs make them, and as somebody makes them who means harm.  All are made here, at test time."""
import io
import zipfile
import zlib


def pdf(pages, encrypted=False, fonts=2):
    """Pages of (x, y, size, bold, text); Korean through Adobe-Korea1, without an embedded font."""
    objects = []

    def add(body):
        objects.append(body)
        return len(objects)

    catalog, tree = add(b""), add(b"")
    names = []
    for i in range(fonts):
        name = b"HYGothic-Bold" if i == 1 else b"HYSMyeongJo-Medium"
        if i < 2:
            descriptor = add(b"<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[0 -200 1000 900]/ItalicAngle 0"
                             b"/Ascent 880/Descent -120/CapHeight 700/StemV 80>>" % (name, 262148 if i == 1 else 6))
            inner = add(b"<</Type/Font/Subtype/CIDFontType0/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)"
                        b"/Ordering(Korea1)/Supplement 2>>/FontDescriptor %d 0 R/DW 1000/W[1 95 500]>>"
                        % (name, descriptor))
        font = add(b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/UniKS-UCS2-H/DescendantFonts[%d 0 R]>>"
                   % (name, inner))
        names.append(b"/F%d %d 0 R" % (i, font))
    kids = []
    for page in pages:
        stream = b"".join(b"BT /F%d %g Tf %g %g Td <%s> Tj ET\n" % (font, size, x, y, text.encode("utf-16-be").hex().encode())
                          for x, y, size, font, text in page)
        contents = add(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        kids.append(add(b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources<</Font<<%s>>>>/Contents %d 0 R>>"
                        % (tree, b"".join(names), contents)))
    objects[catalog - 1] = b"<</Type/Catalog/Pages %d 0 R>>" % tree
    objects[tree - 1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    lock = (b"/Encrypt<</Filter/Standard/V 1/R 2/P -60/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>/ID[<00><00>]"
            if encrypted else b"")
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % x for x in places)
    return out + table + (b"trailer<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
                          % (len(objects) + 1, catalog, lock, len(out)))


RULES = [[(72, 770, 22, 1, "취업규칙 안내"), (72, 730, 15, 1, "제1장 휴가"),
          (72, 700, 11, 0, "연차 휴가는 1년에 15일이며, 입사한 해에는 한 달에 하루씩"), (72, 684, 11, 0, "준다. 이월은 없다."),
          (72, 620, 11, 0, "등급"), (200, 620, 11, 0, "한도"), (330, 620, 11, 0, "비고"),
          (72, 604, 11, 0, "사원"), (200, 604, 11, 0, "10만원"), (330, 604, 11, 0, "국내"), (290, 30, 9, 0, "- 1 -")],
         [(72, 770, 15, 1, "제2장 출장"), (72, 740, 11, 0, "출장비는 다음 달에 준다."), (290, 30, 9, 0, "- 2 -")]]


def archive(**members):
    """An office file: its members by names with "/" written as "__"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def docx(*paragraphs):
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return archive(**{"word__document.xml": f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'})


def bomb():
    """300 MB of spaces in 300 kB."""
    return archive(**{"word__document.xml": "<d>" + " " * (300 * 2 ** 20) + "</d>"})


def quine_stream_pdf(megabytes):
    """A page whose contents unpack to so much."""
    stream = zlib.compress(b"BT /F0 11 Tf 72 700 Td (a) Tj ET\n" * (megabytes * 2 ** 20 // 33), 9)
    return (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F0 5 0 R>>>>>>"
            b"endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n4 0 obj<</Filter/FlateDecode/Length "
            + str(len(stream)).encode() + b">>stream\n" + stream + b"\nendstream endobj\ntrailer<</Root 1 0 R/Size 6>>\n")
