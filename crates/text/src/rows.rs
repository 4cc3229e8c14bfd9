//! Rows of separated values as spreadsheets write them.

/// A row, with the line of the file it begins on. The first line is 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub cells: Vec<String>,
}

/// The rows of a file without those that are blank. The first names the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    pub head: Row,
    pub rows: Vec<Row>,
}

impl Rows {
    /// Reads a text. What separates the values is what separates most of them in the first row, or what a first line
    /// such as `sep=;` says. Columns without a name are left out where nothing stands in them.
    ///
    /// # Errors
    /// In words, when a quotation mark is not closed, or values stand in a column without a name.
    pub fn read(text: &str) -> Result<Rows, String> {
        let (separator, skipped) = separator(text);
        let text = &text[skipped..];
        let mut count = Lines {
            text: text.as_bytes(),
            at: 0,
            line: 1 + u64::from(skipped > 0),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| format!("The file cannot be read: {e}"))?;
            let from = record.position().map_or(0, csv::Position::byte);
            let line = count.line_of(usize::try_from(from).unwrap_or(usize::MAX));
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(Row { line, cells });
            }
        }
        if rows.last().is_some() && never_closes(count.rest(), separator) {
            let line = rows.last().map_or(0, |row| row.line);
            return Err(format!(
                "A quotation mark is opened on line {line} and never closed. Close it, or take it out."
            ));
        }
        if rows.is_empty() {
            let head = Row {
                line: 1,
                cells: Vec::new(),
            };
            return Ok(Rows { head, rows });
        }
        without_blank_columns(rows)
    }
}

/// What separates values, and how many bytes of the text say so.
fn separator(text: &str) -> (u8, usize) {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let first = text[..end].trim_matches('"');
    if let Some(named) = first.strip_prefix("sep=")
        && let [separator @ (b',' | b';' | b'\t' | b'|')] = named.as_bytes()
    {
        let breaks = if text[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        return (*separator, (end + breaks).min(text.len()));
    }
    let line = text
        .trim_start_matches(['\r', '\n'])
        .lines()
        .next()
        .unwrap_or_default();
    let count = |separator: u8| {
        let mut quoted = false;
        line.bytes()
            .filter(|b| {
                quoted ^= *b == b'"';
                !quoted && *b == separator
            })
            .count()
    };
    let mut most = (b',', count(b','));
    for other in [b';', b'\t'] {
        let found = count(other);
        if found > most.1 {
            most = (other, found);
        }
    }
    (most.0, 0)
}

/// Counts lines as an editor does. The reader's own count is wrong after CR LF and blank lines.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn line_of(&mut self, from: usize) -> u64 {
        while self.at < from.min(self.text.len()) {
            self.step();
        }
        // What the reader counts to the row before: the rest of its break, and blank lines.
        while matches!(self.text.get(self.at), Some(b'\r' | b'\n')) {
            self.step();
        }
        self.line
    }

    fn step(&mut self) {
        let next = self.text.get(self.at + 1);
        match self.text[self.at] {
            b'\r' if next == Some(&b'\n') => {}
            b'\r' | b'\n' => self.line += 1,
            _ => {}
        }
        self.at += 1;
    }

    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }
}

/// Whether a value of the last row opens a quotation mark and the file ends before it is closed.
fn never_closes(row: &[u8], separator: u8) -> bool {
    let (mut begins, mut quoted, mut at) = (true, false, 0);
    while let Some(byte) = row.get(at) {
        match byte {
            b'"' if quoted && row.get(at + 1) == Some(&b'"') => at += 1,
            b'"' if quoted || begins => quoted = !quoted,
            _ => {}
        }
        begins = !quoted && (*byte == separator || matches!(byte, b'\r' | b'\n'));
        at += 1;
    }
    quoted
}

fn without_blank_columns(mut rows: Vec<Row>) -> Result<Rows, String> {
    let mut head = rows.remove(0);
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let unnamed: Vec<usize> = (0..width.max(head.cells.len()))
        .filter(|at| head.cells.get(*at).is_none_or(String::is_empty))
        .collect();
    for at in unnamed.into_iter().rev() {
        let full = rows.iter().find_map(|row| {
            let cell = row.cells.get(at).filter(|cell| !cell.is_empty())?;
            Some((row.line, cell))
        });
        // Beyond the heading, a row is too long, which whoever reads it says.
        if full.is_some() && at >= head.cells.len() {
            continue;
        }
        if let Some((line, cell)) = full {
            return Err(format!(
                "Line {line} has “{cell}” in a column that line {} does not name. Name the column, or take it out.",
                head.line
            ));
        }
        for row in std::iter::once(&mut head).chain(&mut rows) {
            if at < row.cells.len() {
                row.cells.remove(at);
            }
        }
    }
    Ok(Rows { head, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, String)> {
        let rows = Rows::read(text).unwrap();
        rows.rows
            .iter()
            .map(|row| (row.line, row.cells.join("|")))
            .collect()
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let file = "name,kind\n\nGood,vcs\n\n\"Two\n\nlines\",x\nLast,y\n";
        let expected = [(3, "Good|vcs"), (5, "Two\n\nlines|x"), (8, "Last|y")];
        let expected: Vec<(u64, String)> = expected.map(|(n, t)| (n, t.to_owned())).into();
        assert_eq!(lines(file), expected);
        let broken = |to: &str| {
            let found = lines(&file.replace('\n', to));
            found
                .into_iter()
                .map(|(line, cells)| (line, cells.replace(to, "\n")))
                .collect::<Vec<_>>()
        };
        assert_eq!(broken("\r\n"), expected);
        assert_eq!(broken("\r"), expected);
    }

    #[test]
    fn what_spreadsheets_leave_is_left_out() {
        let plain = vec![(2, "One|vcs".to_owned())];
        assert_eq!(lines("name,kind,\r\nOne,vcs,\r\n,,\r\n"), plain);
        assert_eq!(lines("name,,kind\nOne,,vcs\n"), plain);
        assert_eq!(lines("name;kind\nOne;vcs\n"), plain);
        assert_eq!(
            lines("name\tkind\nOne\tvcs,,,,\n"),
            vec![(2, "One|vcs,,,,".to_owned())]
        );
        assert_eq!(
            lines("sep=;\r\nname;kind\r\nOne;vcs\r\n"),
            vec![(3, "One|vcs".to_owned())]
        );
        assert_eq!(lines("\"a;b\",c\nx,y\n"), vec![(2, "x|y".to_owned())]);
        assert!(
            Rows::read("name,,kind\nOne,x,vcs\n")
                .unwrap_err()
                .contains("Line 2 has “x”")
        );
        let open = Rows::read("name,kind\nOne,vcs\n\"Two,vcs\nThree,vcs\n").unwrap_err();
        assert!(open.contains("opened on line 3"), "{open}");
        let inside = Rows::read("name,kind\nOne,\"vcs\n").unwrap_err();
        assert!(inside.contains("opened on line 2"), "{inside}");
        assert!(Rows::read("name,size\nPipe,5\"\n\"A \"\"b\"\"\",\"c\"").is_ok());
        assert!(Rows::read("").unwrap().rows.is_empty());
    }
}
