//! Who has said what about which place: silence is not a gap.

/// Where something stands. The greater is the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Somebody said that there is none.
    None,
    Ended,
    Planned,
    Live,
}

/// A record that fills cells of the matrix.
#[derive(Debug, Clone)]
pub struct Entry {
    pub rows: Vec<String>,
    /// It is for the whole region, and fills each row.
    pub whole_region: bool,
    pub columns: Vec<String>,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Nothing was said.
    Unknown,
    Known {
        /// The best state of the records that name row and column.
        state: State,
        /// How many are in it.
        records: usize,
        /// One of them is for the whole region.
        whole_region: bool,
    },
}

impl Cell {
    /// Somebody said that there is none, or there was.
    pub fn is_gap(self) -> bool {
        matches!(
            self,
            Cell::Known {
                state: State::None | State::Ended,
                ..
            }
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// One for each row, with a cell for each column.
    pub grid: Vec<Vec<Cell>>,
    pub gaps: usize,
    pub unknown: usize,
}

pub fn matrix(rows: &[String], columns: &[String], entries: &[Entry]) -> Matrix {
    let cell = |row: &String, column: &String| {
        let here = || {
            entries.iter().filter(|entry| {
                entry.columns.contains(column) && (entry.whole_region || entry.rows.contains(row))
            })
        };
        here()
            .map(|entry| entry.state)
            .max()
            .map_or(Cell::Unknown, |state| Cell::Known {
                state,
                records: here().filter(|entry| entry.state == state).count(),
                whole_region: here().any(|entry| entry.state == state && entry.whole_region),
            })
    };
    let grid: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| columns.iter().map(|column| cell(row, column)).collect())
        .collect();
    let all = || grid.iter().flatten();
    Matrix {
        gaps: all().filter(|cell| cell.is_gap()).count(),
        unknown: all().filter(|cell| **cell == Cell::Unknown).count(),
        grid,
    }
}
