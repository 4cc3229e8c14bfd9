//! Numbers in British and continental form are read or asked about, and dates that contradict each other are refused.

use crate::draft_an_agreement::drafting;
use crate::support::TestApp;

#[tokio::test]
async fn numbers_are_read_or_asked_about() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Numbers").await;
    let section = format!("{record}/sections/data");
    for (typed, kept) in [
        ("2.500,00", "2500"),
        ("2\u{a0}500", "2500"),
        ("2,500.50", "2500.5"),
        ("1,5", "1.5"),
    ] {
        asha.filled(&section, &[("volume", typed)]).await;
        assert_eq!(asha.get(&section).await.value("volume"), kept, "{typed}");
    }
    for (typed, said) in [
        ("1,2,3", "must be a number"),
        ("1e3", "must be a number"),
        ("2.500", "could be two numbers: enter 2500 or 2.5"),
    ] {
        let page = asha.fill(&section, &[("volume", typed)]).await;
        assert_eq!((page.status, page.value("volume").as_str()), (422, typed));
        assert!(page.errors()[0].1.contains(said), "{:?}", page.errors());
    }
    app.ends_clean().await;
}

fn day(name: &'static str, day: &'static str) -> [(String, &'static str); 3] {
    let mut parts = day.split('-');
    ["year", "month", "day"]
        .map(|part| (format!("{name}-{part}"), parts.next().unwrap_or_default()))
}

#[tokio::test]
async fn dates_that_contradict_each_other_are_refused() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Dates").await;
    let section = format!("{record}/sections/governance");
    let send = async |dates: &[(&'static str, &'static str)]| {
        let fields: Vec<_> = dates.iter().flat_map(|&(name, on)| day(name, on)).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        asha.fill(&section, &fields).await
    };
    let page = send(&[
        ("start_date", "2027-1-1"),
        ("end_date", "2026-1-1"),
        ("review_date", "2020-1-1"),
    ])
    .await;
    assert_eq!(page.status, 422);
    let errors = page.errors();
    let fields: Vec<&str> = errors.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["end_date-day", "review_date-day"]);
    assert!(
        errors[0].1.contains("1 January 2026") && errors[0].1.contains("1 January 2027"),
        "{errors:?}"
    );
    assert_eq!(
        page.value("end_date-year"),
        "2026",
        "what was typed is kept"
    );
    assert_eq!(
        asha.get(&section).await.value("start_date-year"),
        "",
        "nothing was saved"
    );

    let page = send(&[
        ("start_date", "2027-1-1"),
        ("end_date", "2027-1-1"),
        ("review_date", "2028-1-1"),
    ])
    .await;
    assert_eq!(page.status, 303, "{}", page.words());
    let page = send(&[("start_date", "2027-6-1")]).await;
    assert_eq!(page.status, 422);
    assert!(
        page.errors()[0].1.contains("1 June 2027"),
        "{:?}",
        page.errors()
    );
    app.ends_clean().await;
}
