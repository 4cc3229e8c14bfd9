//! Which cells are hidden so that no line gives one away.

/// Why a count is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// It is small itself.
    Primary,
    /// It would give away one that is small.
    Secondary,
}

/// A count as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Count(u64),
    Hidden(Hidden),
}

/// Cells, and the lines that add up: the last of each line is its total.
pub struct Cells<'a> {
    pub k: u64,
    pub values: &'a [u64],
    pub hidden: Vec<Option<Hidden>>,
    pub lines: Vec<Vec<usize>>,
}

impl<'a> Cells<'a> {
    /// Counts of 1 to k − 1 are hidden; 0 is shown.
    pub fn new(k: u64, values: &'a [u64], lines: Vec<Vec<usize>>) -> Cells<'a> {
        let small = |value: &u64| (1..k).contains(value).then_some(Hidden::Primary);
        Cells {
            k,
            values,
            hidden: values.iter().map(small).collect(),
            lines,
        }
    }

    /// Goes over the lines in their order until nothing changes.
    pub fn settle(&mut self) {
        loop {
            let before = self.count();
            for line in 0..self.lines.len() {
                self.cover(line);
            }
            if self.count() == before {
                return;
            }
        }
    }

    pub fn shown(&self) -> Vec<Shown> {
        let shown = |(value, hidden): (&u64, &Option<Hidden>)| {
            hidden.map_or(Shown::Count(*value), Shown::Hidden)
        };
        self.values.iter().zip(&self.hidden).map(shown).collect()
    }

    fn count(&self) -> usize {
        self.hidden.iter().flatten().count()
    }

    /// A line never has exactly one hidden number, and its hidden ones add up to k or more. Else the next smallest
    /// above zero is hidden with them, the first of equal ones, or the total where there is none.
    fn cover(&mut self, line: usize) {
        let line = &self.lines[line];
        let hidden = line.iter().filter(|cell| self.hidden[**cell].is_some());
        let (count, sum) = hidden.fold((0, 0_u64), |(count, sum), cell| {
            (count + 1, sum.saturating_add(self.values[*cell]))
        });
        if count == 0 || (count > 1 && sum >= self.k) {
            return;
        }
        let Some((total, cells)) = line.split_last() else {
            return;
        };
        let next = cells
            .iter()
            .filter(|cell| self.hidden[**cell].is_none() && self.values[**cell] > 0)
            .min_by_key(|cell| self.values[**cell])
            .unwrap_or(total);
        self.hidden[*next].get_or_insert(Hidden::Secondary);
    }
}
