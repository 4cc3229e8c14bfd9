//! A role counts from its first day to its last, as days are in London: not a minute before, not a minute after.

use aldgate::organisations::roles;
use aldgate::organisations::roles::Grant;
use jiff::{SignedDuration, Timestamp};
use packs::Role;

use crate::support::journey::{self, Party};
use crate::support::{Client, TestApp};
use aldgate::records::lines::Stage;

async fn status(
    app: &TestApp,
    party: &Party,
    person: &aldgate::kernel::ids::PersonId,
    path: &str,
) -> u16 {
    // Sessions are shorter than these steps of time.
    let client: Client = app.signed_in(&party.partner, person).await;
    client.get(path).await.status
}

#[tokio::test]
async fn a_deputys_role_counts_on_its_first_and_last_day_and_on_no_other() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let record = format!("/records/{id}");
    let deputy = app.person(&camden.partner, "Deputy", &[]).await;
    // British Summer Time begins on 28 March 2027: the last day ends at 23:00 UTC.
    let grant = Grant {
        role: Role::DataProtectionOfficer,
        deputy_for: Some(camden.dpo.clone()),
        from_day: "2027-03-27".to_owned(),
        until_day: "2027-03-28".to_owned(),
    };
    let ctx = app.operator();
    let granted = roles::grant(&ctx, camden.id(), &deputy, &grant);
    ctx.commit(granted).await.unwrap();
    let line = journey::line_page(&app, &camden, &id, Stage::Review).await;
    for (moment, may) in [
        ("2027-03-26T23:59:59Z", false),
        ("2027-03-27T00:00:00Z", true),
        ("2027-03-28T22:59:59Z", true),
        ("2027-03-28T23:00:00Z", false),
    ] {
        let moment: Timestamp = moment.parse().unwrap();
        let now = app.app.clock.now().0;
        let by = SignedDuration::from_micros(moment.as_microsecond() - now);
        app.app.clock.advance(by);
        let read = status(&app, &camden, &deputy, &record).await;
        assert_eq!(read == 200, may, "{moment}: {read}");
        let client = app.signed_in(&camden.partner, &deputy).await;
        let page = client.get(&line).await;
        let decides = page.status == 200 && !page.all("main form").is_empty();
        assert_eq!(decides, may, "{moment}: {}", page.words());
    }
    app.ends_clean().await;
}
