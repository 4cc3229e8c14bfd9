//! What the fixtures do not say: the page, the ties between parts, and escaping.

use govuk::{
    Accordion, AccordionSection, Action, BackLink, Breadcrumb, Breadcrumbs, Button, Cell,
    CharacterCount, Checkbox, Checkboxes, Colour, DateInput, DateParts, Details, ErrorSummary,
    FileUpload, Footer, FooterLink, Input, InsetText, Label, Limit, NavigationItem,
    NotificationBanner, Page, Pagination, Panel, PasswordInput, PhaseBanner, Radio, Radios, Render,
    Select, SelectItem, ServiceNavigation, SummaryCard, SummaryList, SummaryRow, Tab, Table, Tabs,
    Tag, Task, TaskList, TaskStatus, Textarea, WarningText,
};
use maud::{Markup, html};
use scraper::{Html, Selector};

fn select(text: &str) -> Selector {
    Selector::parse(text).expect("a selector")
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    page.select(&select(selector))
        .map(|element| element.text().collect::<String>().trim().to_owned())
        .collect()
}

fn attribute<'a>(page: &'a Html, selector: &str, name: &str) -> Vec<&'a str> {
    page.select(&select(selector))
        .filter_map(|element| element.attr(name))
        .collect()
}

fn page(has_errors: bool) -> Html {
    let page = Page {
        lang: "cy",
        title: "Your agreements",
        has_errors,
        assets: "/assets/1",
        before_header: html! { div class="app-demo-banner" { p { "Demonstration" } } },
        navigation: ServiceNavigation {
            items: vec![
                NavigationItem {
                    current: true,
                    ..NavigationItem::new("Agreements", "/agreements")
                },
                NavigationItem::new("Register", "/register"),
            ],
            ..ServiceNavigation::default()
        },
        phase_banner: Some(PhaseBanner {
            tag: "Beta".into(),
            content: "New".into(),
            classes: "",
        }),
        before_main: html! { (BackLink::new("/")) },
        main: html! { h1 { "Your agreements" } },
        footer: Footer {
            links: vec![FooterLink::new("Accessibility", "/accessibility")],
            ..Footer::default()
        },
        ..Page::default()
    };
    Html::parse_document(&page.render().into_string())
}

#[test]
fn a_page_has_its_landmarks() {
    let page = page(false);
    assert_eq!(attribute(&page, "html", "lang"), ["cy"]);
    assert_eq!(texts(&page, "title"), ["Your agreements – Aldgate"]);
    assert_eq!(texts(&page, "header .govuk-generic-header a"), ["Aldgate"]);
    assert_eq!(
        texts(&page, "header nav [aria-current=page]"),
        ["Agreements"]
    );
    assert_eq!(texts(&page, "header .app-demo-banner"), ["Demonstration"]);
    assert_eq!(texts(&page, "header .govuk-phase-banner strong"), ["Beta"]);
    assert_eq!(texts(&page, "main h1"), ["Your agreements"]);
    assert_eq!(texts(&page, "footer a"), ["Accessibility"]);
    assert_eq!(texts(&page, "main .govuk-back-link"), Vec::<String>::new());
    // The skip link is the first thing the keyboard reaches, and leads to the main content.
    let first = page.select(&select("body a")).next().expect("a link");
    assert_eq!(first.attr("href"), Some("#main-content"));
    assert_eq!(attribute(&page, "main", "id"), ["main-content"]);
}

#[test]
fn a_page_with_errors_says_so_in_its_title() {
    assert_eq!(
        texts(&page(true), "title"),
        ["Error: Your agreements – Aldgate"]
    );
}

#[test]
fn a_page_has_nothing_inline_and_no_crown() {
    let page = page(true);
    assert_eq!(attribute(&page, "script", "src"), ["/assets/1/aldgate.js"]);
    assert_eq!(texts(&page, "script"), [""]);
    assert_eq!(
        attribute(&page, "link[rel=stylesheet]", "href"),
        ["/assets/1/aldgate.css"]
    );
    assert!(
        page.select(&select("style, [style], [onclick], svg"))
            .next()
            .is_none()
    );
    assert!(!page.html().to_lowercase().contains("crown"));
}

#[test]
fn an_error_summary_leads_to_each_kind_of_field() {
    let error = Some("Wrong");
    let fields = html! {
        (Input { id: "input", error, ..Input::default() })
        (PasswordInput { id: "password", error, ..PasswordInput::default() })
        (Textarea { id: "textarea", error, ..Textarea::default() })
        (CharacterCount::new(Textarea { id: "count", error, ..Textarea::default() }, Limit::Characters(10)))
        (Select { id: "select", error, ..Select::default() })
        (FileUpload { id: "file", error, ..FileUpload::default() })
        (Radios { id: "radios", legend: "Which?".into(), error, items: vec![Radio::new("a", "A"), Radio::new("b", "B")], ..Radios::default() })
        (Checkboxes { id: "boxes", legend: "Which?".into(), error, items: vec![Checkbox::new("a", "A"), Checkbox::new("b", "B")], ..Checkboxes::default() })
        (DateInput { id: "date", legend: "When?".into(), error, wrong: DateParts { month: true, ..DateParts::default() }, ..DateInput::default() })
    };
    let ids = [
        "input",
        "password",
        "textarea",
        "count",
        "select",
        "file",
        "radios",
        "boxes",
        "date-month",
    ];
    let page = Html::parse_fragment(
        &html! { (ErrorSummary::of(ids.map(|id| (id, "Wrong")))) (fields) }.into_string(),
    );
    let links = attribute(&page, ".govuk-error-summary a", "href");
    assert_eq!(links.len(), ids.len());
    for link in links {
        let field = page.select(&select(link)).next();
        let field = field.unwrap_or_else(|| panic!("{link} leads nowhere"));
        let name = field.value().name();
        assert!(
            ["input", "textarea", "select"].contains(&name),
            "{link} is a {name}"
        );
    }
    // Every error message is named by its field or by the fieldset around it.
    let described: Vec<_> = attribute(&page, "[aria-describedby]", "aria-describedby");
    for id in attribute(&page, ".govuk-error-message", "id") {
        assert!(
            described
                .iter()
                .any(|ids| ids.split(' ').any(|named| named == id)),
            "{id} is not announced"
        );
    }
    assert_eq!(
        attribute(&page, ".govuk-error-message", "id").len(),
        ids.len()
    );
    assert_eq!(
        attribute(&page, ".govuk-date-input .govuk-input--error", "id"),
        ["date-month"]
    );
}

#[test]
fn every_id_that_is_named_exists() {
    let markup = html! {
        (Radios {
            id: "why",
            legend: Label::heading("Why?"),
            hint: Some("Choose one"),
            items: vec![
                Radio { hint: Some("Help".into()), conditional: Some(html! { p { "More" } }), ..Radio::new("a", "A") },
                Radio { divider: "or", hint: Some("Help".into()), ..Radio::new("b", "B") },
            ],
            ..Radios::default()
        })
        (CharacterCount::new(Textarea { id: "text", label: "Text".into(), hint: Some("Help"), error: Some("Wrong"), ..Textarea::default() }, Limit::Words(5)))
        (PasswordInput { id: "word", label: "Password".into(), ..PasswordInput::default() })
        (TaskList {
            items: vec![Task { hint: Some("Help".into()), ..Task::new("Do", "/do", TaskStatus::Text("Done".into())) }],
            ..TaskList::default()
        })
        (NotificationBanner::success("Saved"))
    };
    let page = Html::parse_fragment(&markup.into_string());
    for name in [
        "aria-describedby",
        "aria-labelledby",
        "aria-controls",
        "data-aria-controls",
        "for",
    ] {
        let named = attribute(&page, &format!("[{name}]"), name);
        assert!(!named.is_empty(), "nothing has {name}");
        for id in named.iter().flat_map(|ids| ids.split(' ')) {
            assert_eq!(
                page.select(&select(&format!("#{id}"))).count(),
                1,
                "{name}: {id}"
            );
        }
    }
}

#[test]
fn a_textarea_keeps_a_line_break_at_its_start() {
    for value in ["\nsecond line", "no break", "\n\ntwo"] {
        let markup = Textarea {
            id: "text",
            value,
            ..Textarea::default()
        };
        let page = Html::parse_fragment(&markup.render().into_string());
        let shown: String = page
            .select(&select("textarea"))
            .flat_map(|element| element.text())
            .collect();
        assert_eq!(shown, value);
    }
}

#[test]
fn pagination_leaves_out_far_pages() {
    let shown = |current, last| {
        let pages = Pagination::of(current, last, |page| format!("?page={page}"));
        let page = Html::parse_fragment(&pages.render().into_string());
        (
            texts(&page, "li").join(" "),
            texts(&page, "[aria-current=page]").join(" "),
            attribute(&page, "[rel]", "href").join(" "),
        )
    };
    let expected =
        |items: &str, current: &str, steps: &str| (items.into(), current.into(), steps.into());
    assert_eq!(shown(1, 1), expected("1", "1", ""));
    assert_eq!(shown(1, 9), expected("1 2 ⋯ 9", "1", "?page=2"));
    assert_eq!(
        shown(5, 9),
        expected("1 ⋯ 4 5 6 ⋯ 9", "5", "?page=4 ?page=6")
    );
    assert_eq!(shown(9, 9), expected("1 ⋯ 8 9", "9", "?page=8"));
}

#[test]
fn colours_are_known_by_name() {
    for name in [
        "", "grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow",
    ] {
        let colour = Colour::parse(name).unwrap_or_else(|| panic!("{name} is a colour"));
        let tag = Tag::new("Draft", colour).render().into_string();
        let class = match name {
            "" => "govuk-tag".to_owned(),
            name => format!("govuk-tag govuk-tag--{name}"),
        };
        assert_eq!(tag, format!("<strong class=\"{class}\">Draft</strong>"));
    }
    assert_eq!(Colour::parse("crimson"), None);
}

/// Every text that a caller can pass, with an attack in it.
fn attacked(evil: &str) -> Markup {
    let text = || evil.to_owned();
    html! {
        (Page { lang: evil, title: evil, product: evil, home: evil, assets: evil, ..Page::default() })
        (Accordion { id: evil, classes: evil, items: vec![AccordionSection { summary: evil.into(), ..AccordionSection::new(evil, evil) }], ..Accordion::default() })
        (BackLink { text: evil.into(), ..BackLink::new(evil) })
        (Breadcrumbs { label: evil, classes: evil, ..Breadcrumbs::new(vec![Breadcrumb::new(evil, evil), Breadcrumb::here(evil)]) })
        (Button { name: evil, value: evil, id: evil, classes: evil, ..Button::submit(evil) })
        (Button::start(evil, evil))
        (CharacterCount { message_classes: evil, ..CharacterCount::new(Textarea { id: evil, name: evil, label: evil.into(), hint: Some(evil), error: Some(evil), value: evil, autocomplete: evil, described_by: evil, classes: evil, ..Textarea::default() }, Limit::Words(3)) })
        (Checkboxes { id: evil, name: evil, legend: evil.into(), hint: Some(evil), error: Some(evil), described_by: evil, classes: evil, items: vec![Checkbox { hint: Some(evil.into()), divider: evil, id: Some(evil.into()), name: Some(evil.into()), ..Checkbox::new(evil, evil) }], ..Checkboxes::default() })
        (DateInput { id: evil, name: evil, legend: Label::heading(evil), hint: Some(evil), error: Some(evil), day: evil, month: evil, year: evil, labels: [evil; 3], autocomplete: [evil; 3], described_by: evil, classes: evil, ..DateInput::default() })
        (Details::new(evil, evil))
        (ErrorSummary { title: evil.into(), description: evil.into(), ..ErrorSummary::of([(text(), text())]) })
        (FileUpload { id: evil, name: evil, label: evil.into(), hint: Some(evil), error: Some(evil), described_by: evil, classes: evil, ..FileUpload::default() })
        (Footer { title: evil, links: vec![FooterLink::new(evil, evil)], content: evil.into(), classes: evil })
        (Input { id: evil, name: evil, label: evil.into(), hint: Some(evil), error: Some(evil), value: evil, kind: evil, inputmode: evil, autocomplete: evil, autocapitalize: evil, pattern: evil, prefix: Some(govuk::Affix::new(evil)), suffix: Some(govuk::Affix::new(evil)), described_by: evil, classes: evil, ..Input::default() })
        (InsetText::new(evil))
        (NotificationBanner { title: evil.into(), title_id: evil, role: Some(evil), ..NotificationBanner::success(evil) })
        (Pagination { label: evil, ..Pagination::of(2, 3, |_| text()) })
        (Panel::new(evil, evil))
        (PhaseBanner { tag: evil.into(), content: evil.into(), classes: evil })
        (Radios { id: evil, name: evil, legend: evil.into(), value: Some(evil), items: vec![Radio { hint: Some(evil.into()), divider: evil, ..Radio::new(evil, evil) }], ..Radios::default() })
        (Select { id: evil, name: evil, label: evil.into(), items: vec![SelectItem::new(evil, evil)], ..Select::default() })
        (ServiceNavigation { service_name: evil, service_url: evil, items: vec![NavigationItem { active: true, ..NavigationItem::new(evil, evil) }], label: evil, menu: evil, menu_label: evil, navigation_label: evil, ..ServiceNavigation::default() })
        (SummaryList { rows: vec![SummaryRow { actions: vec![Action::new(evil, evil, evil)], ..SummaryRow::new(evil, evil) }], card: Some(SummaryCard { title: evil.into(), ..SummaryCard::default() }), ..SummaryList::default() })
        (Table { caption: evil, head: vec![Cell::numeric(evil)], rows: vec![vec![evil.into()]], ..Table::default() })
        (Tabs { items: vec![Tab::new(evil, evil, evil)], title: evil, id: evil, classes: evil })
        (Tag::new(evil, Colour::Red))
        (TaskList { items: vec![Task { hint: Some(evil.into()), ..Task::new(evil, evil, TaskStatus::Tag(Tag::new(evil, Colour::Blue))) }], id_prefix: evil, classes: evil })
        (WarningText::new(evil))
    }
}

#[test]
fn no_text_becomes_markup() {
    let page = attacked("\"><script>alert('x')</script>").into_string();
    let page = Html::parse_document(&page);
    // The page's own script, and no other.
    assert_eq!(page.select(&select("script")).count(), 1);
}
