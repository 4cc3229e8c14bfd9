//! What holds of every protected list and table: checked by means that share nothing with how they are made.

use figures::{
    About, Hidden, Shown, StatisticsRule, Value, nearest, protect_list, protect_table, share,
    statistics,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn is_hidden(shown: Shown) -> bool {
    matches!(shown, Shown::Hidden(_))
}

/// Many small counts and many nothings, as real tables have.
fn count() -> impl Strategy<Value = u64> {
    prop_oneof![2 => Just(0), 3 => 1..5_u64, 3 => 5..30_u64, 1 => 30..400_u64]
}

fn table() -> impl Strategy<Value = Vec<Vec<u64>>> {
    (1..7_usize, 1..7_usize).prop_flat_map(|(rows, columns)| vec(vec(count(), columns), rows))
}

/// The table with its totals.
fn with_totals(cells: &[Vec<u64>]) -> Vec<Vec<u64>> {
    let mut grid: Vec<Vec<u64>> = cells
        .iter()
        .map(|row| {
            let mut row = row.clone();
            row.push(row.iter().sum());
            row
        })
        .collect();
    grid.push(
        (0..grid[0].len())
            .map(|column| grid.iter().map(|row| row[column]).sum())
            .collect(),
    );
    grid
}

/// Which unknowns have one solution only: Gauss and Jordan over the whole numbers modulo a prime.
fn determined(grid: &[Vec<Shown>]) -> Vec<(usize, usize)> {
    const PRIME: i128 = 2_147_483_647;
    let (rows, columns) = (grid.len(), grid[0].len());
    let unknowns: Vec<(usize, usize)> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .filter(|(row, column)| is_hidden(grid[*row][*column]))
        .collect();
    let sign = |last: bool| if last { PRIME - 1 } else { 1 };
    let mut equations: Vec<Vec<i128>> = Vec::new();
    for line in 0..rows {
        let of = |(row, column): &(usize, usize)| {
            i128::from(*row == line) * sign(*column == columns - 1)
        };
        equations.push(unknowns.iter().map(of).collect());
    }
    for line in 0..columns {
        let of =
            |(row, column): &(usize, usize)| i128::from(*column == line) * sign(*row == rows - 1);
        equations.push(unknowns.iter().map(of).collect());
    }
    let inverse = |of: i128| {
        let (mut result, mut base, mut power) = (1, of, PRIME - 2);
        while power > 0 {
            if power & 1 == 1 {
                result = result * base % PRIME;
            }
            base = base * base % PRIME;
            power >>= 1;
        }
        result
    };
    let mut done = 0;
    for unknown in 0..unknowns.len() {
        let Some(pivot) = (done..equations.len()).find(|row| equations[*row][unknown] != 0) else {
            continue;
        };
        equations.swap(done, pivot);
        let by = inverse(equations[done][unknown]);
        for value in &mut equations[done] {
            *value = *value * by % PRIME;
        }
        let lead = equations[done].clone();
        for (row, equation) in equations.iter_mut().enumerate() {
            let factor = equation[unknown];
            if row != done && factor != 0 {
                for (value, lead) in equation.iter_mut().zip(&lead) {
                    *value = (*value + PRIME * PRIME - factor * lead) % PRIME;
                }
            }
        }
        done += 1;
    }
    equations
        .iter()
        .filter(|equation| equation.iter().filter(|value| **value != 0).count() == 1)
        .filter_map(|equation| equation.iter().position(|value| *value != 0))
        .map(|unknown| unknowns[unknown])
        .collect()
}

/// The rule once more, over a grid and by its words: rows, columns, then totals, until nothing changes.
fn naive(k: u64, grid: &[Vec<u64>]) -> Vec<Vec<bool>> {
    let (rows, columns) = (grid.len(), grid[0].len());
    let mut hidden: Vec<Vec<bool>> = grid
        .iter()
        .map(|row| row.iter().map(|count| *count > 0 && *count < k).collect())
        .collect();
    let mut lines: Vec<Vec<(usize, usize)>> = Vec::new();
    for row in 0..rows - 1 {
        lines.push((0..columns).map(|column| (row, column)).collect());
    }
    for column in 0..columns - 1 {
        lines.push((0..rows).map(|row| (row, column)).collect());
    }
    lines.push((0..rows).map(|row| (row, columns - 1)).collect());
    lines.push((0..columns).map(|column| (rows - 1, column)).collect());
    let mut changed = true;
    while changed {
        changed = false;
        for line in &lines {
            loop {
                let there: Vec<u64> = line
                    .iter()
                    .filter(|(row, column)| hidden[*row][*column])
                    .map(|(row, column)| grid[*row][*column])
                    .collect();
                if there.is_empty() || (there.len() > 1 && there.iter().sum::<u64>() >= k) {
                    break;
                }
                let mut able: Vec<(u64, usize)> = (0..line.len() - 1)
                    .filter(|at| !hidden[line[*at].0][line[*at].1])
                    .map(|at| (grid[line[at].0][line[at].1], at))
                    .filter(|(count, _)| *count > 0)
                    .collect();
                able.sort_unstable();
                let (row, column) = line[able.first().map_or(line.len() - 1, |(_, at)| *at)];
                if hidden[row][column] {
                    break;
                }
                hidden[row][column] = true;
                changed = true;
            }
        }
    }
    hidden
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_list_gives_no_small_count_away(counts in vec(count(), 0..9), k in 2..9_u64) {
        let list = protect_list(k, &counts).unwrap();
        let sum: u64 = counts.iter().sum();
        for (count, shown) in counts.iter().zip(&list.cells) {
            match shown {
                Shown::Count(shown) => prop_assert!(shown == count && (*count == 0 || *count >= k)),
                Shown::Hidden(Hidden::Primary) => prop_assert!((1..k).contains(count)),
                Shown::Hidden(Hidden::Secondary) => prop_assert!(*count >= k),
            }
        }
        let hidden: Vec<u64> = counts
            .iter()
            .zip(&list.cells)
            .filter(|(_, shown)| is_hidden(**shown))
            .map(|(count, _)| *count)
            .collect();
        if let Shown::Count(total) = list.total {
            prop_assert_eq!(total, sum);
            // What subtraction leaves: nothing hidden, or at least two that add up to k.
            prop_assert!(hidden.is_empty() || (hidden.len() > 1 && hidden.iter().sum::<u64>() >= k));
        }
        let small = counts.iter().any(|count| (1..k).contains(count));
        prop_assert_eq!(small, !hidden.is_empty());
    }

    #[test]
    fn no_hidden_cell_of_a_table_can_be_worked_out(cells in table(), k in 2..9_u64) {
        let grid = protect_table(k, &cells).unwrap().grid;
        let true_grid = with_totals(&cells);
        prop_assert_eq!(determined(&grid), vec![]);
        for (shown, counts) in grid.iter().zip(&true_grid) {
            for (shown, count) in shown.iter().zip(counts) {
                match shown {
                    Shown::Count(shown) => prop_assert!(shown == count && (*count == 0 || *count >= k)),
                    Shown::Hidden(Hidden::Primary) => prop_assert!((1..k).contains(count)),
                    Shown::Hidden(Hidden::Secondary) => prop_assert!(*count >= k),
                }
            }
        }
    }

    #[test]
    fn a_table_is_protected_by_the_rule_and_by_more_only_where_several_lines_give_one_away(
        cells in table(), k in 2..9_u64,
    ) {
        let grid = protect_table(k, &cells).unwrap().grid;
        let by_rule = naive(k, &with_totals(&cells));
        let hidden: Vec<Vec<bool>> =
            grid.iter().map(|row| row.iter().map(|shown| is_hidden(*shown)).collect()).collect();
        if hidden != by_rule {
            let ruled: Vec<Vec<Shown>> = by_rule
                .iter()
                .map(|row| {
                    row.iter().map(|hidden| as_shown(*hidden)).collect()
                })
                .collect();
            prop_assert!(!determined(&ruled).is_empty());
            for (ruled, hidden) in by_rule.iter().flatten().zip(hidden.iter().flatten()) {
                prop_assert!(*hidden || !ruled);
            }
        }
    }

    #[test]
    fn a_share_is_the_nearest_per_cent_and_never_says_all_or_none_of_some(of in 10..5_000_u64, part in 0..=1000_u64) {
        let n = of * part / 1000;
        let shown = share(n, of, About::Work).unwrap().to_string();
        match shown.as_str() {
            "0%" => prop_assert_eq!(n, 0),
            "100%" => prop_assert_eq!(n, of),
            "under 1%" => prop_assert!(n > 0 && n * 200 < of),
            "over 99%" => prop_assert!(n < of && n * 200 >= of * 199),
            percent => {
                let percent: u64 = percent.trim_end_matches('%').parse().unwrap();
                // Between half a per cent below and above, the lower bound included.
                prop_assert!(n * 200 >= of * (2 * percent - 1) && n * 200 < of * (2 * percent + 1));
            }
        }
        let people = share(n, of, About::People { k: 5 });
        prop_assert_eq!(people.is_ok(), n >= 5 && of - n >= 5);
    }

    #[test]
    fn quartiles_are_those_of_four_times_the_values(values in vec(0..100_000_u64, 12..40), round_to in 1..200_u64) {
        // With each value four ranks apart, every quarter is a rank of its own: nothing is left to interpolate but by steps.
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let mut fine = Vec::new();
        for pair in sorted.windows(2) {
            for step in 0..4 {
                fine.push(pair[0] * 4 + (pair[1] - pair[0]) * step);
            }
        }
        fine.push(sorted[sorted.len() - 1] * 4);
        let at = |quarter: usize| {
            let four_times = fine[quarter * (sorted.len() - 1)];
            nearest(four_times, round_to * 4) / 4
        };
        let rule = StatisticsRule {
            least_organisations: 1,
            largest_share: "1".parse().unwrap(),
            least_for_quartiles: 12,
            round_to,
        };
        let given: Vec<Value> =
            values.iter().map(|value| Value { by: "o".into(), value: *value }).collect();
        let shown = statistics(&rule, None, &given).unwrap();
        prop_assert_eq!(shown.median, at(2));
        prop_assert_eq!(shown.quartiles, Some((at(1), at(3))));
    }
}

/// Each line of the first table has two hidden ones or none, and still the 1 follows from several lines together.
#[test]
fn what_several_lines_give_away_together_is_covered() {
    let cells = [vec![1, 0, 11], vec![7, 5, 15], vec![0, 0, 3]];
    let by_rule: Vec<Vec<Shown>> = naive(5, &with_totals(&cells))
        .iter()
        .map(|row| row.iter().map(|hidden| as_shown(*hidden)).collect())
        .collect();
    assert_eq!(determined(&by_rule), [(0, 0)]);
    let grid = protect_table(5, &cells).unwrap().grid;
    assert_eq!(determined(&grid), []);
}

fn as_shown(hidden: bool) -> Shown {
    if hidden {
        Shown::Hidden(Hidden::Primary)
    } else {
        Shown::Count(0)
    }
}
