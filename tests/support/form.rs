//! Filling in a page's form as a browser does: every field is sent as it stands, but for the ones
//! that are changed.

use scraper::{ElementRef, Html, Selector};

use super::{Client, Page};

/// The main form of a page: where it is sent, and its fields as they stand.
pub fn form(page: &Page) -> (String, Vec<(String, String)>) {
    let select = |selector: &str| Selector::parse(selector).expect("a selector");
    let html = Html::parse_document(&page.text);
    let form = html
        .select(&select("main form[method=post]"))
        .next()
        .unwrap_or_else(|| panic!("no form in: {}", page.words()));
    let mut fields = Vec::new();
    for field in form.select(&select("input, textarea, select")) {
        let Some(name) = field.attr("name").filter(|name| *name != "form_token") else {
            continue;
        };
        let value = match (field.value().name(), field.attr("type").unwrap_or("text")) {
            ("input", "radio" | "checkbox") if field.attr("checked").is_none() => continue,
            ("input", "file") => continue,
            ("input", _) => field.attr("value").unwrap_or_default().to_owned(),
            ("textarea", _) => text(field),
            _ => field
                .select(&select("option[selected]"))
                .next()
                .and_then(|option| option.attr("value"))
                .unwrap_or_default()
                .to_owned(),
        };
        fields.push((name.to_owned(), value));
    }
    (form.attr("action").unwrap_or_default().to_owned(), fields)
}

fn text(field: ElementRef<'_>) -> String {
    field.text().collect()
}

impl Client {
    /// Sends the form of a page with some fields changed; several of one name are a list.
    pub async fn submit(&self, page: &Page, changed: &[(&str, &str)]) -> Page {
        self.submit_files(page, changed, &[]).await
    }

    pub async fn submit_files(
        &self,
        page: &Page,
        changed: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Page {
        let (action, fields) = form(page);
        let kept = fields
            .iter()
            .filter(|(name, _)| changed.iter().all(|(other, _)| other != name))
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = kept.chain(changed.iter().copied()).collect();
        self.post_files(&action, &all, files).await
    }

    /// Opens a page and sends its form.
    pub async fn fill(&self, path: &str, changed: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "GET {path}: {}", page.words());
        self.submit(&page, changed).await
    }

    /// Opens a page, sends its form and follows the redirect, which must come.
    pub async fn filled(&self, path: &str, changed: &[(&str, &str)]) -> Page {
        let page = self.fill(path, changed).await;
        assert_eq!(page.status, 303, "POST {path}: {}", page.words());
        self.get(&page.location).await
    }
}
