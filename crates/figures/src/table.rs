use std::collections::HashSet;

use crate::hidden::{Cells, Hidden, Shown};

/// A table of counts with its totals, as it is shown: each row ends with its total, and the last row has the totals of
/// the columns and of everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub grid: Vec<Vec<Shown>>,
}

/// Hides counts of 1 to `k` − 1, and what would give one away by subtraction: rows first, then columns, then totals,
/// until nothing changes. What could still be worked out from several lines together is then covered in the same way.
///
/// None when the rows are not equally long, or the counts too great to add up.
pub fn protect_table(k: u64, counts: &[Vec<u64>]) -> Option<Table> {
    let columns = counts.first().map_or(0, Vec::len);
    if counts.iter().any(|row| row.len() != columns) {
        return None;
    }
    let mut values = Vec::new();
    for row in counts {
        values.extend(row);
        values.push(crate::sum(row)?);
    }
    for column in 0..=columns {
        let down: Vec<u64> = values
            .iter()
            .skip(column)
            .step_by(columns + 1)
            .copied()
            .collect();
        values.push(crate::sum(&down)?);
    }
    let size = Size {
        rows: counts.len(),
        columns,
    };
    let mut cells = Cells::new(k, &values, size.lines());
    cells.settle();
    while let Some(cell) = given_away(&cells, size) {
        cover(&mut cells, size, cell);
        cells.settle();
    }
    let grid = cells
        .shown()
        .chunks(columns + 1)
        .map(<[Shown]>::to_vec)
        .collect();
    Some(Table { grid })
}

/// Without the totals.
#[derive(Clone, Copy)]
struct Size {
    rows: usize,
    columns: usize,
}

impl Size {
    fn cell(self, row: usize, column: usize) -> usize {
        row * (self.columns + 1) + column
    }

    fn place(self, cell: usize) -> (usize, usize) {
        (cell / (self.columns + 1), cell % (self.columns + 1))
    }

    fn row(self, row: usize) -> Vec<usize> {
        (0..=self.columns)
            .map(|column| self.cell(row, column))
            .collect()
    }

    fn column(self, column: usize) -> Vec<usize> {
        (0..=self.rows).map(|row| self.cell(row, column)).collect()
    }

    /// Rows, columns, then the totals: those of the rows, and those of the columns.
    fn lines(self) -> Vec<Vec<usize>> {
        let rows = (0..self.rows).map(|row| self.row(row));
        let columns = (0..self.columns).map(|column| self.column(column));
        let totals = [self.column(self.columns), self.row(self.rows)];
        rows.chain(columns).chain(totals).collect()
    }

    /// Rows and columns are the nodes of a graph, and hidden cells its edges. The number of the node of a column
    /// follows those of the rows.
    fn nodes(self, cell: usize) -> (usize, usize) {
        let (row, column) = self.place(cell);
        (row, self.rows + 1 + column)
    }
}

/// A hidden cell that follows from what is shown. Each row and each column is one equation, and each cell stands in one
/// of both, so a cell is determined exactly when it is the only link between two parts of the graph of hidden cells.
fn given_away(cells: &Cells, size: Size) -> Option<usize> {
    hidden(cells).into_iter().find(|cell| {
        let (row, column) = size.nodes(*cell);
        !side(cells, size, *cell, row).contains(&column)
    })
}

fn hidden(cells: &Cells) -> Vec<usize> {
    let is_hidden = |cell: &usize| cells.hidden[*cell].is_some();
    (0..cells.values.len()).filter(is_hidden).collect()
}

/// What is reached from a node without going over `cell`.
fn side(cells: &Cells, size: Size, cell: usize, from: usize) -> HashSet<usize> {
    let edges: Vec<(usize, usize)> = hidden(cells)
        .into_iter()
        .filter(|other| *other != cell)
        .map(|other| size.nodes(other))
        .collect();
    let mut reached = HashSet::from([from]);
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        for (row, column) in &edges {
            for (here, there) in [(row, column), (column, row)] {
                if *here == node && reached.insert(*there) {
                    open.push(*there);
                }
            }
        }
    }
    reached
}

/// Hides one more cell: the smallest that links the two parts a second time, else a total of the cell's own lines.
fn cover(cells: &mut Cells, size: Size, cell: usize) {
    let (row, column) = size.nodes(cell);
    let (one, other) = (
        side(cells, size, cell, row),
        side(cells, size, cell, column),
    );
    let is_total = |cell: usize| {
        let (row, column) = size.place(cell);
        row == size.rows || column == size.columns
    };
    let links = |cell: &usize| {
        let (row, column) = size.nodes(*cell);
        (one.contains(&row) && other.contains(&column))
            || (other.contains(&row) && one.contains(&column))
    };
    let able = |cell: &usize| cells.hidden[*cell].is_none() && cells.values[*cell] > 0;
    let all = 0..cells.values.len();
    let link = all
        .filter(|cell| able(cell) && links(cell))
        .min_by_key(|cell| (is_total(*cell), cells.values[*cell]));
    let (row, column) = size.place(cell);
    let totals = [
        size.cell(row, size.columns),
        size.cell(size.rows, column),
        size.cell(size.rows, size.columns),
    ];
    let next = link.or_else(|| totals.into_iter().find(able));
    // With all totals of its lines hidden, a cell is on a ring of four.
    debug_assert!(next.is_some(), "nothing left that could cover a cell");
    match next {
        Some(next) => cells.hidden[next] = Some(Hidden::Secondary),
        None => cells.hidden.fill(Some(Hidden::Secondary)),
    }
}
