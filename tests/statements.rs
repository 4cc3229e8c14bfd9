use crate::support::TestApp;

#[tokio::test]
async fn every_statement_prepares() {
    let app = TestApp::new().await;
    let mut count = 0;
    for statement in db::registered() {
        if let Err(error) = app.app.db.prepare(statement).await {
            panic!("{}: {error}\n{}", statement.name, statement.sql);
        }
        count += 1;
    }
    assert!(count > 50, "only {count} statements are registered");
}
