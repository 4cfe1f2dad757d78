//! Text in the cells of tables that a spreadsheet opens.
//!
//! *Invariant:* no cell runs: what a spreadsheet would take for a formula is text.

/// Text that a spreadsheet would take for a formula gets an apostrophe in front.
pub(crate) fn no_formula(text: &str) -> String {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];
    // Some spreadsheets pass over spaces, and take the wide signs of East Asian type for the others.
    let runs = text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(SIGNS);
    if runs { format!("'{text}") } else { text.to_owned() }
}

/// In quotes where there is a separator, a quote or a line break, as RFC 4180 has it.
pub(crate) fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{no_formula, quoted};

    #[test]
    fn no_cell_starts_like_a_formula() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =1+1", "' =1+1"),
            ("\u{FF1D}1+1", "'\u{FF1D}1+1"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ];
        for (label, expected) in cases {
            assert_eq!(quoted(&no_formula(label)), expected);
        }
    }

    #[test]
    fn cells_are_quoted_only_where_they_must_be() {
        let cases =
            [("Cart", "Cart"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("", "")];
        for (label, expected) in cases {
            assert_eq!(quoted(&no_formula(label)), expected);
        }
    }
}
