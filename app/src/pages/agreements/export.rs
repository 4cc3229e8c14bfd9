//! `/agreements/export`: every agreement an organisation takes part in, as a workbook to keep. It is written page by
//! page to a file, so that a thousand agreements take no more memory than a hundred.

use std::io::{Seek as _, SeekFrom};
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use db::{Row, args, sql};
use govuk::Button;
use maud::html;
use packs::{Each, Packs, Question, QuestionKind, RecordType, Scope};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio_util::io::ReaderStream;

use crate::kernel::clock::Now;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Act, Change, Ctx, Problem, Refusal};
use crate::records::answers::flow_name;
use crate::records::pack_sets;
use crate::records::pack_sets::Under;
use crate::records::presented_text::Reading;
use crate::records::store::type_in;
use crate::records::versions::{PackStamp, VersionParty, VersionText};
use crate::web::page::download;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit};

sql! {
    MINE = "select r.id, r.title, r.state, r.organisation_id as lead, r.version, r.effective_version, r.changed_at,
            r.review_day, r.expiry_day, r.content
        from record_parties p join records r on r.id = p.record_id
        where p.organisation_id = $1 and p.left_at is null and p.type = 'agreement' and p.record_id > $2
        order by p.record_id limit $3";
    PARTIES = "select t.record_id, t.organisation_id, t.joining, o.name, o.kind, o.standing,
            (select max(l.decided_at) from lines l where l.record_id = t.record_id and l.version = r.effective_version
                and l.organisation_id = t.organisation_id and l.stage = 'sign_off' and l.outcome = 'signed') as signed_at
        from record_parties p join records r on r.id = p.record_id
        join record_parties t on t.record_id = p.record_id join organisations o on o.id = t.organisation_id
        where p.organisation_id = $1 and p.left_at is null and p.type = 'agreement' and p.record_id > $2
            and p.record_id <= $3 and t.left_at is null
        order by p.record_id, t.position";
}

/// Agreements read at once.
const PAGE: i64 = 50;
/// Characters that a cell of a workbook holds.
const CELL: usize = 32_767;
const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn exporting(organisation: &OrganisationId) -> About<'_> {
    About::Act {
        kind: "agreements.exported",
        subject: organisation.as_str(),
    }
}

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    page(&visit, Vec::new()).await
}

async fn page(visit: &Visit, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let acting = visit.ctx.member()?;
    let proof = step_up::fields(visit, exporting(&acting.organisation), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "You get a workbook (XLSX) with every agreement that " (acting.organisation_name) " takes part in, drafts too. \
             It has a sheet of the agreements, one of their parties and one of their data flows, with the answers in plain words, \
             and one of earlier answers that no longer count."
        }
        p class="govuk-body" {
            "Attached files and signed documents stay where they are: download them from each agreement. \
             The file is a copy of drafts as well, so keep it as you keep those."
        }
        (visit.form("/agreements/export", html! {
            (proof)
            (Button::submit("Download the workbook"))
        }))
    };
    Ok(visit.show(
        Sheet::new("Download all agreements", body)
            .back("/agreements")
            .problems(problems),
    ))
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let organisation = &posted.visit.ctx.member()?.organisation;
    match step_up::check(&posted, exporting(organisation)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, problems).await,
        other => other?,
    };
    let (file, count) = workbook(&posted, organisation).await?;
    let act = Act::new("agreements.exported", organisation).with("agreements", count);
    posted.commit(Change::new(act)).await?;
    let name = format!("agreements-{}.xlsx", posted.now.today());
    let bytes = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
    Ok(download(MEDIA_TYPE, &name, bytes))
}

/// The workbook in a file without a name, which is gone when it has been read, and how many agreements are in it.
pub async fn workbook(
    ctx: &Ctx,
    organisation: &OrganisationId,
) -> Result<(std::fs::File, usize), Refusal> {
    let packs = pack_sets::with_type(ctx, "agreement").await?;
    let kind = type_in(&packs, "agreement")?;
    let mut sheets = Sheets::new(kind).map_err(Refusal::broken)?;
    let mut after = String::new();
    let mut count = 0;
    loop {
        let db = &ctx.app.db;
        let rows = db
            .all(&MINE, args![organisation, after.as_str(), PAGE])
            .await?;
        let Some(last) = rows.last() else { break };
        let last = last.text("id")?;
        let parties = db
            .all(&PARTIES, args![organisation, after.as_str(), last.as_str()])
            .await?;
        for row in &rows {
            let id = row.text("id")?;
            let own = parties
                .iter()
                .filter(|p| p.text("record_id").is_ok_and(|of| of == id));
            let mut agreement = Agreement::read(&packs, row, own)?;
            agreement.reading = agreement.reading.look(ctx).await?;
            if kind.workflow.state(&agreement.state).is_none() {
                let last = pack_sets::last_that_knew(ctx, &kind.id, &agreement.state).await?;
                let state = type_in(&last, &kind.id)?.workflow.state(&agreement.state);
                if let Some(state) = state {
                    agreement.state.clone_from(&state.name);
                }
            }
            sheets.add(kind, &agreement).map_err(Refusal::broken)?;
        }
        count += rows.len();
        after = last;
    }
    let mut file = tempfile::tempfile().map_err(Refusal::broken)?;
    let file = tokio::task::spawn_blocking(move || {
        sheets.workbook.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok::<_, XlsxError>(file)
    });
    Ok((
        file.await
            .map_err(Refusal::broken)?
            .map_err(Refusal::broken)?,
        count,
    ))
}

/// One agreement as it stands.
struct Agreement {
    state: String,
    version: i64,
    in_force: Option<i64>,
    changed_at: i64,
    review_day: String,
    expiry_day: String,
    reading: Reading,
    /// When each party signed the version in force.
    signed_at: Vec<Option<i64>>,
}

impl Agreement {
    fn read<'r>(
        packs: &Arc<Packs>,
        row: &Row,
        parties: impl Iterator<Item = &'r Row>,
    ) -> Result<Agreement, Refusal> {
        let (mut found, mut signed_at) = (Vec::new(), Vec::new());
        for party in parties {
            let registered = party.text("standing")? == "registered";
            signed_at.push(party.opt_int("signed_at")?);
            found.push(VersionParty {
                id: party.text("organisation_id")?,
                name: party.text("name")?,
                kind: party.text("kind")?,
                registered,
            });
        }
        let text = VersionText {
            format: String::new(),
            record: row.text("id")?,
            type_id: "agreement".to_owned(),
            number: 0,
            title: row.text("title")?,
            lead: row.text("lead")?,
            parties: found,
            content: serde_json::from_str(&row.text("content")?).map_err(Refusal::broken)?,
            attachments: Vec::new(),
            packs: PackStamp::default(),
            clauses: None,
            joins: None,
        };
        Ok(Agreement {
            state: row.text("state")?,
            version: row.int("version")?,
            in_force: row.opt_int("effective_version")?,
            changed_at: row.int("changed_at")?,
            review_day: row.text("review_day")?,
            expiry_day: row.text("expiry_day")?,
            reading: Reading::new(
                text,
                Under {
                    packs: packs.clone(),
                    substitute: false,
                },
            ),
            signed_at,
        })
    }
}

/// The sheets, each with its next free row.
struct Sheets {
    workbook: Workbook,
    next: [u32; 4],
}

const AGREEMENTS: usize = 0;
const PARTY_ROWS: usize = 1;
const FLOW_ROWS: usize = 2;
const EARLIER: usize = 3;

/// The questions of a sheet. Files are not in it: they are downloaded from the agreement.
fn questions(kind: &RecordType, each: Each) -> impl Iterator<Item = &Question> {
    kind.form
        .sections
        .iter()
        .filter(move |section| section.each == each)
        .flat_map(|section| &section.questions)
        .filter(|question| question.kind != QuestionKind::Files)
}

impl Sheets {
    fn new(kind: &RecordType) -> Result<Sheets, XlsxError> {
        let mut workbook = Workbook::new();
        let bold = Format::new().set_bold();
        for (name, own, each) in [
            (
                "Agreements",
                &[
                    "Id",
                    "Title",
                    "State",
                    "Led by",
                    "Parties",
                    "Newest version",
                    "Version in force",
                    "Changed",
                    "Review on",
                    "Ends on",
                ][..],
                Each::Record,
            ),
            (
                "Parties",
                &[
                    "Agreement",
                    "Title",
                    "Party",
                    "Kind",
                    "Uses this gateway",
                    "Signed on",
                ],
                Each::Party,
            ),
            (
                "Data flows",
                &["Agreement", "Title", "Data flow"],
                Each::Flow,
            ),
        ] {
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name(name)?;
            sheet.set_freeze_panes(1, 0)?;
            let asked = questions(kind, each).map(|question| question.short.as_str());
            for (column, heading) in (0..).zip(own.iter().copied().chain(asked)) {
                sheet.write_string_with_format(0, column, heading, &bold)?;
            }
        }
        // What was answered before and counts no longer is kept, so it is taken along.
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("Earlier answers")?;
        sheet.set_freeze_panes(1, 0)?;
        let headings = [
            "Agreement",
            "Title",
            "Question",
            "Answer",
            "Why it does not count",
        ];
        for (column, heading) in (0..).zip(headings) {
            sheet.write_string_with_format(0, column, heading, &bold)?;
        }
        Ok(Sheets {
            workbook,
            next: [1; 4],
        })
    }

    fn add(&mut self, kind: &RecordType, of: &Agreement) -> Result<(), XlsxError> {
        let (law, reading) = (of.reading.law(), &of.reading);
        let answers = |each, scope: &Scope| -> Vec<String> {
            questions(kind, each)
                .map(|question| match question.kind {
                    QuestionKind::Table => {
                        let rows = reading.rows(question, scope);
                        let rows: Vec<String> = rows.iter().map(|row| row.join(", ")).collect();
                        rows.join("\n")
                    }
                    _ => reading.shown(question, scope).join("\n"),
                })
                .collect()
        };
        let day_of = |at: i64| Now(at).today().to_string();
        let state = kind.workflow.state(&of.state);
        let mut cells = vec![
            reading.record.clone(),
            reading.title.clone(),
            state.map_or_else(|| of.state.clone(), |state| state.name.clone()),
            reading
                .party_name(&reading.lead)
                .unwrap_or_default()
                .to_owned(),
            reading.parties.len().to_string(),
            of.version.to_string(),
            of.in_force
                .map(|number| number.to_string())
                .unwrap_or_default(),
            day_of(of.changed_at),
            of.review_day.clone(),
            of.expiry_day.clone(),
        ];
        cells.extend(answers(Each::Record, &Scope::Record));
        self.write(AGREEMENTS, &cells)?;
        for (party, signed_at) in reading.parties.iter().zip(&of.signed_at) {
            let mut cells = vec![
                reading.record.clone(),
                reading.title.clone(),
                party.name.clone(),
                law.kind(&party.kind)
                    .map_or(party.kind.clone(), |kind| kind.name.clone()),
                if party.registered { "Yes" } else { "No" }.to_owned(),
                signed_at.map(day_of).unwrap_or_default(),
            ];
            cells.extend(answers(Each::Party, &Scope::Party(party.id.to_string())));
            self.write(PARTY_ROWS, &cells)?;
        }
        for (place, flow) in reading.content.flows.iter().enumerate() {
            let mut cells = vec![
                reading.record.clone(),
                reading.title.clone(),
                flow_name(kind, flow, place),
            ];
            cells.extend(answers(Each::Flow, &Scope::Flow(flow.id.clone())));
            self.write(FLOW_ROWS, &cells)?;
        }
        for leftover in reading.left_behind() {
            let place = reading.place_name(kind, &leftover.scope);
            let cells = [
                reading.record.clone(),
                reading.title.clone(),
                match place.as_str() {
                    "" => leftover.label.clone(),
                    place => format!("{} ({place})", leftover.label),
                },
                leftover.shown.join("\n"),
                leftover.why.words().to_owned(),
            ];
            self.write(EARLIER, &cells)?;
        }
        Ok(())
    }

    /// Text, never a formula: what somebody typed is not run by the program that opens the file.
    fn write(&mut self, which: usize, cells: &[String]) -> Result<(), XlsxError> {
        let row = self.next[which];
        self.next[which] += 1;
        let sheet = self.workbook.worksheet_from_index(which)?;
        for (column, text) in (0..).zip(cells) {
            if text.is_empty() {
                continue;
            }
            let short: String = text.chars().take(CELL).collect();
            sheet.write_string(row, column, short)?;
        }
        Ok(())
    }
}
