//! Documents for tests, the bench and the validator.

use documents::{Attached, Block, Column, Document, Moment};

pub const PARTIES: [&str; 8] = [
    "London Borough of Camden",
    "London Borough of Tower Hamlets",
    "Metropolitan Police Service",
    "North Central London Integrated Care Board",
    "Royal Free London NHS Foundation Trust",
    "Peabody Trust",
    "The Prison and Probation Service",
    "Greater London Authority",
];

pub fn blank() -> Document {
    Document {
        title: "Reducing serious youth violence".into(),
        subtitle: Some("Information sharing agreement".into()),
        language: "en".into(),
        author: "London Borough of Camden".into(),
        reference: "agr_01KASG6M2V8D5W3XR0PQZC7N4T".into(),
        version: "3".into(),
        digest: Some(
            "sha256:9b74c9897bac770ffc029102a200c5de2f1d4b8a97c3e0f6a5d4c3b2a1908f7e".into(),
        ),
        made_at: Moment {
            year: 2026,
            month: 11,
            day: 21,
            hour: 9,
            minute: 5,
            second: 7,
        },
        draft: false,
        notice: vec![],
        address: None,
        attached: None,
        blocks: vec![],
    }
}

/// With an attached file and the address of a public register.
pub fn evidence() -> Document {
    Document {
        address: Some("https://gateway.example.org/register/agr_01KASG6M2V8D5W3XR0PQZC7N4T".into()),
        attached: Some(Attached {
            name: "evidence.json".into(),
            media_type: "application/json".into(),
            description: "What was signed, by whom, and what proves it".into(),
            bytes: br#"{"body":{"text":"What was signed"}}"#.to_vec(),
        }),
        notice: vec!["This document carries its evidence.".into()],
        ..blank()
    }
}

/// About twelve pages: what an agreement between eight parties looks like.
pub fn agreement() -> Document {
    let mut blocks = vec![Block::PageBreak, heading(1, "Summary")];
    blocks.push(Block::Paragraph(
        "Eight organisations in London share information about young people at risk of \
         serious violence, so that each of them can act early and none of them acts alone."
            .into(),
    ));
    blocks.push(Block::Facts(vec![
        fact("Aim", &["Fewer young people are hurt.", "Help comes before an arrest."]),
        fact("People concerned", &["Young people aged 10 to 24 who live, study or are looked after in the area; their parents and carers; about 1,400 people a year."]),
        fact("Starts", &["1 December 2026"]),
        fact("Reviewed", &["Every 12 months, next by 1 December 2027"]),
        fact("Contact", &["information.governance@camden.example, 020 7946 0000"]),
    ]));
    blocks.push(Block::Note(
        "Taking part does not replace a party’s own duty to tell people how their \
         information is used."
            .into(),
    ));
    for (number, section) in [
        "Purpose and benefit",
        "What is shared",
        "The law",
        "Keeping it safe",
    ]
    .iter()
    .enumerate()
    {
        blocks.push(heading(1, section));
        blocks.push(Block::Paragraph(PROSE.repeat(2)));
        blocks.push(heading(2, "What the parties have agreed"));
        blocks.push(Block::List(vec![
            "Only what is needed is shared, and only with people who need it.".into(),
            "Every disclosure is recorded, with the reason and the name of who decided.".into(),
            "A person’s objection is heard before information goes further, unless waiting \
             would put someone at risk."
                .into(),
        ]));
        blocks.push(heading(2, "Answers"));
        blocks.push(Block::Facts(
            [
                "How it helps",
                "Why less would not do",
                "What was considered instead",
                "Who was asked",
            ]
            .iter()
            .map(|term| {
                fact(
                    term,
                    &[
                        PROSE,
                        "Gŵyl Dewi Tŷ’r Ŵyl: reviewed with the youth council.",
                    ],
                )
            })
            .collect(),
        ));
        blocks.push(flows(number + 1));
    }
    blocks.push(heading(1, "Party by party"));
    blocks.push(parties_matrix());
    blocks.push(heading(1, "Sign-off"));
    blocks.push(Block::Table {
        caption: "Decisions".into(),
        columns: vec![
            Column::new("Party", 3),
            Column::new("Data protection officer", 3),
            Column::new("Senior officer", 3),
            Column::new("Signed", 2),
        ],
        rows: PARTIES
            .iter()
            .map(|party| {
                [
                    "",
                    "A. Okafor, approved 14 November 2026",
                    "J. Price, Director",
                    "18 November 2026",
                ]
                .iter()
                .enumerate()
                .map(|(x, said)| if x == 0 { *party } else { said }.to_owned())
                .collect()
            })
            .collect(),
        row_headers: true,
    });
    Document {
        notice: vec![
            "This document records what the parties have agreed. It is information, not legal advice.".into(),
        ],
        blocks,
        ..blank()
    }
}

/// A draft with the widest table there is.
pub fn matrix() -> Document {
    Document {
        draft: true,
        digest: None,
        blocks: vec![heading(1, "Party by party"), parties_matrix()],
        ..blank()
    }
}

/// Text that tries to be something else than text.
pub const HOSTILE: [&str; 22] = [
    "#eval(\"panic()\")",
    "#panic[boom] #import \"@preview/x:1.0.0\": * #read(\"/etc/passwd\")",
    "$ sum_(k=1)^n k $ and $x$",
    "= Not a heading\n== nor this\n- nor a list\n+ nor that\n/ Term: nor this",
    "*bold* _emphasis_ `raw` ```typ #pagebreak()``` <label> @reference https://a.example/?q=1#f",
    "\\ \\\\ \\u{41} \\n ~ -- --- ... \"quoted\" 'single'",
    "]#[ }#{ )#( */ /* // comment",
    "{\"kind\":\"page_break\"} \"}],\"draft\":false",
    "<script>alert(1)</script> &amp; <!-- -->",
    "😀 👨\u{200D}👩\u{200D}👧 🏴\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F} 🇬🇧 ✔\u{FE0F} ❤\u{FE0F} 🧑🏽‍⚖️",
    "اتفاقية مشاركة المعلومات بين البلديات، صفحة 12 من 14",
    "הסכם שיתוף מידע",
    "বাংলা ਪੰਜਾਬੀ தமிழ் 中文 日本語 한국어 ไทย አማርኛ",
    "Ŵŵ Ŷŷ Ẁẁ Ỳỳ Ŵy’n tŷ; Łódź, Çelik, Nguyễn Thị Ánh, Українська, Ελληνικά",
    "e\u{301} n\u{303} Z\u{351}\u{36B}\u{343}\u{36A}\u{302}\u{36B}a\u{334}\u{315}l\u{489}g\u{321}o\u{300} \u{301}alone \u{0995}\u{0301}",
    "control \u{0}\u{1}\u{7}\u{8}\u{B}\u{C}\u{E}\u{1B}[31m\u{7F}\u{80}\u{9F} end",
    "right-to-left override \u{202E}gpj.exe\u{202C} isolate \u{2067}abc\u{2069}",
    "private \u{E000}\u{F8FF}\u{F0000}\u{10FFFD} none \u{FFFE}\u{FFFF}\u{FDD0}\u{1FFFE} replacement \u{FFFD}\u{FFFC}",
    "soft\u{AD}hyphen zero\u{200B}width non\u{A0}breaking byte\u{FEFF}order word\u{2060}joiner\u{3000}wide",
    "line\u{2028}separator paragraph\u{2029}separator\r\nreturn\rold\u{85}next\ttab",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "",
];

/// All of it, everywhere text may stand.
pub fn hostile() -> Document {
    let all = || HOSTILE.map(str::to_owned);
    let long = "x".repeat(500);
    let mut blocks = Vec::new();
    for (index, text) in HOSTILE.iter().enumerate() {
        blocks.push(heading((index % 9) as u8, text));
        blocks.push(Block::Paragraph((*text).into()));
        blocks.push(Block::Note((*text).into()));
    }
    blocks.push(heading(1, &long));
    blocks.push(Block::Paragraph(long.clone()));
    blocks.push(Block::Paragraph(PROSE.repeat(12)[..4000].into()));
    blocks.push(Block::List(all().to_vec()));
    blocks.push(Block::List(vec![]));
    blocks.push(Block::Facts(
        all()
            .map(|text| (text.clone(), vec![text.clone(), String::new(), text]))
            .to_vec(),
    ));
    blocks.push(Block::Facts(vec![
        fact(&long, &[&long, &PROSE.repeat(12)]),
        fact("", &[]),
    ]));
    blocks.push(Block::Facts(vec![]));
    for text in all() {
        blocks.push(Block::Table {
            caption: text.clone(),
            columns: vec![Column::new(text.clone(), 0), Column::new(text.clone(), 3)],
            rows: vec![vec![text.clone(), text], vec![]],
            row_headers: true,
        });
    }
    blocks.push(Block::Table {
        caption: String::new(),
        columns: (0..9).map(|_| Column::new("Responsibilities", 1)).collect(),
        rows: vec![
            (0..9).map(|_| long.clone()).collect(),
            (0..9).map(|_| PROSE.to_owned()).collect(),
        ],
        row_headers: true,
    });
    blocks.push(Block::Table {
        caption: "Nothing in it".into(),
        columns: vec![Column::new("", 1), Column::new("", 1)],
        rows: vec![],
        row_headers: false,
    });
    blocks.push(Block::Table {
        caption: "Nothing at all".into(),
        columns: vec![],
        rows: vec![],
        row_headers: true,
    });
    blocks.push(Block::PageBreak);
    blocks.push(Block::PageBreak);
    Document {
        title: HOSTILE.join(" "),
        subtitle: Some(HOSTILE.join(" ")),
        author: HOSTILE[..3].join(" "),
        reference: HOSTILE[1].into(),
        version: HOSTILE[9].into(),
        digest: Some(long),
        notice: all().to_vec(),
        draft: true,
        blocks,
        ..blank()
    }
}

fn heading(level: u8, text: &str) -> Block {
    Block::Heading {
        level,
        text: text.into(),
    }
}

fn fact(term: &str, said: &[&str]) -> (String, Vec<String>) {
    (
        term.into(),
        said.iter().map(|text| (*text).into()).collect(),
    )
}

fn flows(number: usize) -> Block {
    Block::Table {
        caption: format!("Data flows, part {number}"),
        columns: vec![
            Column::new("Flow", 2),
            Column::new("From and to", 3),
            Column::new("What", 4),
            Column::new("How often", 2),
            Column::new("Kept for", 2),
        ],
        rows: (1..=4)
            .map(|flow| {
                vec![
                    format!("Flow {number}.{flow}"),
                    format!("{} to {}", PARTIES[flow], PARTIES[flow - 1]),
                    "Name, date of birth, address, school, risk score, names of adults in the \
                     household, dates of contact with services"
                        .into(),
                    "Weekly, on Mondays".into(),
                    "2 years after the case closes".into(),
                ]
            })
            .collect(),
        row_headers: true,
    }
}

fn parties_matrix() -> Block {
    let questions = [
        ("Role", "Joint controller"),
        ("Legal basis (Article 6)", "Public task"),
        ("Power or duty", "Crime and Disorder Act 1998 s.115"),
        (
            "Special category condition",
            "Substantial public interest: safeguarding of children and of individuals at risk",
        ),
        (
            "Privacy notice",
            "https://www.example.gov.uk/privacy/serious-youth-violence",
        ),
        (
            "Responsibilities",
            "Pseudonymisation, redistribution, confidentiality",
        ),
        ("Contact", "information.governance@organisation.example"),
    ];
    let mut columns = vec![Column::new("Question", 5)];
    columns.extend(PARTIES.iter().map(|party| Column::new(*party, 5)));
    Block::Table {
        caption: "What each party has answered".into(),
        columns,
        rows: questions
            .iter()
            .cycle()
            .take(21)
            .map(|(question, answer)| {
                let mut row = vec![(*question).to_owned()];
                row.extend(PARTIES.iter().map(|_| (*answer).to_owned()));
                row
            })
            .collect(),
        row_headers: true,
    }
}

const PROSE: &str = "The parties share information where the law allows it and the safety of a \
    young person calls for it. Each party decides for itself, records the decision and its \
    reasons, and answers for it. Information is checked before it leaves, travels encrypted, \
    and is kept no longer than the schedule says. Where a party receives more than it needs, \
    it tells the sender and deletes the rest within five working days. ";
