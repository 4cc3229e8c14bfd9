//! Made-up names. None has a character that JSON or a page writes otherwise.

use crate::demo::generate::chance::Chance;

const FIRST: &[&str] = &[
    "Asha", "Tunde", "Morgan", "Siobhan", "Farid", "Ines", "Jun", "Oriel", "Chidi", "Beth",
    "Yusuf", "Carmen", "Oluchi", "Petra", "Callum", "Nadia", "Priya", "Leroy", "Mei", "Rosa",
    "Idris", "Hana", "Gwen", "Kofi", "Lena", "Marek", "Nia", "Omar", "Pavel", "Quinn", "Ravi",
    "Sunita", "Tess", "Uma", "Viktor", "Wren", "Xenia", "Yara", "Zola", "Arlo",
];
const LAST: (&[&str], &[&str]) = (
    &[
        "Bright", "Fair", "Lark", "Gold", "Meadow", "Candle", "Ledger", "Apple", "Moon", "Silver",
        "Green", "High", "Thistle", "Mill", "Fox", "Stone", "Winter", "Haw", "Cloud", "Ash",
        "Birch", "Clear", "Dove", "Ever", "Fern", "Gale", "Hazel", "Iron", "Juniper", "King",
    ],
    &[
        "water", "weather", "field", "leaf", "wick", "wood", "garth", "stone", "way", "wind",
        "down", "stream", "glove", "bridge", "bourne", "thorn", "sley", "ford", "gate", "brook",
        "croft", "dale", "more", "hurst", "ridge",
    ],
);
const PLACE: (&[&str], &[&str]) = (
    &[
        "Ald", "Barn", "Cam", "Dar", "East", "Farn", "Glen", "Hart", "Isl", "Jes", "Kes", "Lang",
        "Mar", "North", "Oak", "Pen", "Quar", "Rad", "South", "Tarn", "Up", "Vale", "West", "Yar",
        "Ash", "Brad", "Chel", "Dun", "Eg", "Ful",
    ],
    &[
        "bury", "by", "combe", "den", "field", "ford", "gate", "ham", "hurst", "leigh", "ley",
        "mere", "minster", "mouth", "port", "shaw", "stead", "stoke", "ton", "wick", "wold",
        "worth",
    ],
);
const OF_PLACE: &[&str] = &[
    "Abbey", "Bridge", "Castle", "Common", "Cross", "Dene", "End", "Green", "Grove", "Heath",
    "Hill", "Lane", "Lodge", "Manor", "Market", "Meadow", "Mill", "Moor", "Park", "Priory", "Quay",
    "Rise", "Road", "Row", "Spring", "Station", "Street", "Vale", "Wharf", "Wood",
];
const WORK: &[&str] = &[
    "pilot",
    "winter plan",
    "summer programme",
    "second phase",
    "north team",
    "south team",
    "joint board",
    "review of cases",
    "shared service",
    "outreach",
    "follow-up",
    "early help",
    "night service",
    "family hub",
    "new homes",
    "care leavers",
    "street teams",
    "helpline",
    "safe places",
    "neighbourhoods",
];

fn pick(chance: &mut Chance, from: &[&'static str]) -> &'static str {
    from[chance.below(from.len())]
}

fn joined(chance: &mut Chance, parts: (&[&'static str], &[&'static str])) -> String {
    format!("{}{}", pick(chance, parts.0), pick(chance, parts.1))
}

pub fn person(chance: &mut Chance) -> String {
    format!("{} {}", pick(chance, FIRST), joined(chance, LAST))
}

pub fn organisation(chance: &mut Chance, kind: &str) -> String {
    let place = joined(chance, PLACE);
    let of = pick(chance, OF_PLACE);
    match kind {
        "borough" => format!("{place} {of} Borough Council"),
        "gla" => format!("{place} Combined Authority"),
        "police" => format!("{place} {of} Police"),
        "fire" => format!("{place} Fire and Rescue Service"),
        "nhs_trust" => format!("{place} {of} NHS Foundation Trust"),
        "probation" => format!("{place} Probation Service"),
        "school" => format!("{place} {of} School"),
        "gp" => format!("{place} {of} Surgery"),
        "vcs" => format!("{place} {of} Neighbours"),
        "housing_provider" => format!("{place} {of} Homes"),
        "supplier" => format!("{place} {of} Systems Ltd"),
        "university" => format!("University of {place}"),
        "dwp" => "Department for Work and Pensions".to_owned(),
        "energy_supplier" => format!("{place} Power Networks"),
        _ => format!("{place} {of}"),
    }
}

/// What tells one agreement from others like it.
pub fn work(chance: &mut Chance) -> String {
    let place = joined(chance, PLACE);
    let (of, work) = (pick(chance, OF_PLACE), pick(chance, WORK));
    format!("{place} {of} {work} {}", 1_000 + chance.below(9_000))
}
