//! Evidence is attached to answers: good files, disguised ones, too large ones, too many.

use aldgate::settings::Settings;

use crate::draft_an_agreement::drafting;
use crate::support::{Client, Page, TestApp};

const PDF: &[u8] = b"%PDF-1.7\nan assessment";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// A section that asks for files.
async fn asking(asha: &Client, record: &str) -> (String, Page) {
    let section = format!("{record}/sections/use");
    asha.filled(&section, &[("dpia", "done")]).await;
    let page = asha.get(&section).await;
    assert_eq!(page.all("#dpia_files").len(), 1, "{}", page.words());
    (section, page)
}

#[tokio::test]
async fn a_file_is_attached_read_and_removed() {
    let app = TestApp::new().await;
    let (camden, asha, record) = drafting(&app, "Files").await;
    let (section, page) = asking(&asha, &record).await;
    let files: [(&str, &str, &[u8]); 2] = [
        ("dpia_files", "..\\Our DPIA é.pdf", PDF),
        ("dpia_files", "map.png", PNG),
    ];
    let page = asha
        .submit_files(&page, &[("dpia_outcome", "Low risk")], &files)
        .await;
    assert_eq!(page.status, 303, "{}", page.words());
    let page = asha.get(&section).await;
    assert!(page.says("Our DPIA é.pdf") && page.says("map.png"));
    assert_eq!(page.value("dpia_outcome"), "Low risk");
    let link = page.link("Our DPIA");
    let file = asha.get(&link).await;
    assert_eq!((file.status, file.bytes.as_slice()), (200, PDF));
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert!(
        file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("filename*=UTF-8''Our%20DPIA%20%C3%A9.pdf")
    );

    // Only for those who take part.
    let brent = app.organisation("Brent Council", "borough").await;
    let other = app.client(&brent, "Olu", &[packs::Role::Author]).await;
    assert_eq!(other.get(&link).await.status, 404);
    let viewer = app.client(&camden, "Vic", &[packs::Role::Viewer]).await;
    assert_eq!(viewer.get(&link).await.status, 200);
    assert_eq!(
        viewer.post(&format!("{link}/remove"), &[]).await.status,
        403
    );

    // The button saves first, and asks.
    let id = link.rsplit('/').next().unwrap();
    let go = format!("file:{id}");
    let page = asha
        .filled(&section, &[("dpia_outcome", "No risk"), ("go", &go)])
        .await;
    assert_eq!(page.h1(), "Do you want to remove this file?");
    let page = asha.done(&format!("{link}/remove"), &[]).await;
    assert!(!page.says("Our DPIA") && page.says("map.png"));
    assert_eq!(page.value("dpia_outcome"), "No risk");
    assert_eq!(asha.post(&format!("{link}/remove"), &[]).await.status, 404);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_disguised_file_is_refused_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Disguise").await;
    let (section, page) = asking(&asha, &record).await;
    let exe = [
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".as_slice(),
        &[0; 200],
    ]
    .concat();
    let html: &[u8] = b"<!DOCTYPE html><html><script>alert(1)</script>";
    let files: [(&str, &str, &[u8]); 4] = [
        ("dpia_files", "report.pdf", &exe),
        ("dpia_files", "photo.png", html),
        ("dpia_files", "run.exe", &exe),
        ("dpia_files", "good.pdf", PDF),
    ];
    let page = asha
        .submit_files(&page, &[("dpia_outcome", "Typed with care")], &files)
        .await;
    assert_eq!(page.status, 422);
    let errors = page.errors();
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors.iter().all(|(field, _)| field == "dpia_files"));
    assert!(
        errors[0].1.contains("report.pdf was not attached"),
        "{errors:?}"
    );
    assert_eq!(page.value("dpia_outcome"), "Typed with care");
    assert!(page.says("good.pdf") && !page.says("Attached: report.pdf"));
    assert_eq!(asha.submit(&page, &[]).await.status, 303);
    assert_eq!(
        asha.get(&section).await.value("dpia_outcome"),
        "Typed with care"
    );
    // A file for a question that takes none.
    let page = asha.get(&section).await;
    let stray: [(&str, &str, &[u8]); 1] = [("dpia_outcome", "a.pdf", PDF)];
    assert_eq!(asha.submit_files(&page, &[], &stray).await.status, 400);
    app.ends_clean().await;
}

#[tokio::test]
async fn too_large_and_too_many() {
    let app = TestApp::with(Settings {
        upload_limit: 1000,
        ..Settings::default()
    })
    .await;
    let (_, asha, record) = drafting(&app, "Large").await;
    let (section, page) = asking(&asha, &record).await;
    let large = [PDF, &[b'x'; 1000]].concat();
    let file: (&str, &str, &[u8]) = ("dpia_files", "large.pdf", &large);
    let refused = asha
        .submit_files(&page, &[("dpia_outcome", "Kept")], &[file])
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.errors()[0].1.contains("larger than 1000 bytes"),
        "{:?}",
        refused.errors()
    );
    assert_eq!(refused.value("dpia_outcome"), "Kept");
    let huge = vec![b'x'; 3 * 1024 * 1024];
    let file: (&str, &str, &[u8]) = ("dpia_files", "huge.pdf", &huge);
    assert_eq!(asha.submit_files(&page, &[], &[file]).await.status, 413);

    let names: Vec<String> = (0..51).map(|n| format!("{n}.pdf")).collect();
    let files: Vec<(&str, &str, &[u8])> = names
        .iter()
        .map(|name| ("dpia_files", name.as_str(), PDF))
        .collect();
    let page = asha.get(&section).await;
    let page = asha.submit_files(&page, &[], &files).await;
    assert_eq!((page.status, page.errors().len()), (422, 1));
    assert!(page.errors()[0].1.contains("there are 50 files already"));
    app.ends_clean().await;
}
