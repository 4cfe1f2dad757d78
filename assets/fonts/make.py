"""Makes the three fonts of this folder from the published Inter web fonts.

    npm pack inter-ui@4.1.1 && tar xzf inter-ui-4.1.1.tgz
    pip install fonttools==4.* brotli
    python make.py package/web

Four things are done to each weight. The digits of the character map point at the tabular
figures, so that columns of numbers line up without asking a renderer for a font feature.
Characters are cut down to Latin, Greek and Cyrillic with the punctuation the program uses.
The narrow no-break space between thousands becomes a little wider. Of the layout features only
kerning and mark placement stay: contextual alternates would turn a label such as "a->b" into
other characters.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

WEIGHTS = ["Regular", "Medium", "SemiBold"]
CHARACTERS = [
    (0x0020, 0x007E), (0x00A0, 0x024F),  # Latin, with both extensions
    (0x0259, 0x0259), (0x02B0, 0x02FF), (0x0300, 0x036F),
    (0x0370, 0x03FF), (0x0400, 0x052F), (0x1E00, 0x1EFF),
    (0x2000, 0x206F),  # punctuation, with the narrow no-break space
    (0x2070, 0x209F), (0x20A0, 0x20BF), (0x2116, 0x2122),
    (0x2190, 0x21FF), (0x2200, 0x22FF),  # arrows, minus, at least, at most
    (0x25A0, 0x25FF), (0x2713, 0x2717), (0xFFFD, 0xFFFD),
]


def tabular(font: TTFont) -> None:
    """Points the digits of every character map at their tabular glyphs."""
    swap = {}
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for sub in table.LookupList.Lookup[index].SubTable:
                    sub = getattr(sub, "ExtSubTable", sub)
                    swap.update(getattr(sub, "mapping", {}))
    for cmap in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            if code in cmap.cmap:
                name = cmap.cmap[code]  # two maps may share one table
                cmap.cmap[code] = swap.get(name, name)
    widths = {font["hmtx"][font.getBestCmap()[c]][0] for c in range(0x30, 0x3A)}
    assert len(widths) == 1, f"digits are not equally wide: {widths}"


def thousands(font: TTFont) -> None:
    """Gives the narrow no-break space the width that groups of a number need to be told apart."""
    metrics = font["hmtx"]
    glyph = font.getBestCmap()[0x202F]
    metrics[glyph] = (round(0.25 * font["head"].unitsPerEm), metrics[glyph][1])


def main(source: Path) -> None:
    here = Path(__file__).parent
    wanted = [c for first, last in CHARACTERS for c in range(first, last + 1)]
    for weight in WEIGHTS:
        font = TTFont(source / f"Inter-{weight}.woff2", recalcTimestamp=False)
        tabular(font)
        thousands(font)
        options = subset.Options(
            layout_features=["kern", "mark", "mkmk", "ccmp"],
            hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17],
            recalc_timestamp=False,
        )
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=wanted)
        cutter.subset(font)
        for record in font["name"].names:
            if record.nameID in (1, 16):  # one family in three weights, as SVG asks for it
                record.string = "Inter"
            elif record.nameID in (2, 17):
                record.string = weight
        font.flavor = None
        font.save(here / f"Inter-{weight}.ttf", reorderTables=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
