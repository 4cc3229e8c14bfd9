use crate::support::TestApp;

#[tokio::test]
async fn the_front_door_is_open_to_everybody() {
    let app = TestApp::new().await;
    let page = app.nobody().get("/").await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (200, "Information sharing gateway")
    );
    assert_eq!(app.nobody().get("/nowhere").await.status, 404);
    app.ends_clean().await;
}
