//! Each decision is in the index, under the words of its heading.

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_index_of_decisions_names_each_with_its_status_and_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/decisions");
    let index = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut numbers = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        if file == "README.md" {
            continue;
        }
        let number: u32 = file[..4]
            .parse()
            .unwrap_or_else(|_| panic!("{file} does not begin with the number of a decision"));
        assert!(numbers.insert(number), "{file}: {number} is there twice");
        let text = std::fs::read_to_string(folder.join(&file)).unwrap();
        let heading = text.lines().next().unwrap().trim_start_matches("# ");
        let heading = heading.split_once(". ").map_or(heading, |(_, rest)| rest);
        let start = format!("| {number} | [{heading}]({file}) | ");
        let line = index.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("docs/decisions/README.md lacks: {start}"));
        let mut cells = line[start.len()..].trim_end_matches(" |").split(" | ");
        let status = cells.next().unwrap();
        assert!(
            status == "in force" || status.starts_with("replaced by "),
            "{file}: {status}"
        );
        let date = cells.next().unwrap();
        assert!(date.parse::<jiff::civil::Date>().is_ok(), "{file}: {date}");
    }
    let rows = index
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("]("))
        .count();
    assert_eq!(rows, numbers.len(), "the index names what is not there");
}
