//! The lists of an in-tray, a page at a time.

use db::{Row, Value, args, sql};
use packs::Role;

use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Acting, Ctx, Refusal};

sql! {
    MINE = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name
        from lines l join records r on r.id = l.record_id join organisations o on o.id = r.organisation_id
        join record_parties p on p.record_id = l.record_id and p.organisation_id = l.organisation_id
            and p.left_at is null
        where l.organisation_id = $1 and l.closed_at is null and l.outcome is null
            and l.role in ($5, $6, $7, $8, $9, $10, $11) and (l.opened_at, l.id) > ($2, $3)
        order by l.opened_at, l.id limit $4";
    OURS = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name
        from lines l join records r on r.id = l.record_id join organisations o on o.id = r.organisation_id
        join record_parties p on p.record_id = l.record_id and p.organisation_id = l.organisation_id
            and p.left_at is null
        where l.organisation_id = $1 and l.closed_at is null and l.outcome is null
            and l.role not in ($5, $6, $7, $8, $9, $10, $11) and (l.opened_at, l.id) > ($2, $3)
        order by l.opened_at, l.id limit $4";
    AGAINST = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name
        from lines l join records r on r.id = l.record_id join organisations o on o.id = r.organisation_id
        join record_parties p on p.record_id = l.record_id and p.organisation_id = l.organisation_id
            and p.left_at is null
        where l.organisation_id = $1 and l.closed_at is null and l.outcome = 'against' and l.overruled_at is null
            and (l.opened_at, l.id) > ($2, $3)
        order by l.opened_at, l.id limit $4";
    CONDITIONS = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name
        from lines l join records r on r.id = l.record_id join organisations o on o.id = l.organisation_id
        where l.lead_id = $1 and l.closed_at is null and l.outcome = 'conditions' and l.answered_at is null
            and (l.opened_at, l.id) > ($2, $3)
        order by l.opened_at, l.id limit $4";
    AWAITED = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name
        from lines l join records r on r.id = l.record_id join organisations o on o.id = l.organisation_id
        where l.lead_id = $1 and l.organisation_id <> $1 and l.closed_at is null and l.outcome is null
            and (l.opened_at, l.id) > ($2, $3)
        order by l.opened_at, l.id limit $4";
    DRAFTS = "select r.id, r.title, r.organisation_id, o.name as organisation_name, p.joining, p.changed_at
        from record_parties p join records r on r.id = p.record_id join organisations o on o.id = r.organisation_id
        where p.organisation_id = $1 and p.left_at is null and (p.changed_at, p.record_id) < ($2, $3)
            and (p.joining = 0 or $5 like '%|' || p.type || '/' || p.state || '|%')
        order by p.changed_at desc, p.record_id desc limit $4";
}

/// Where a page of a list begins: after the entry of this time and id.
pub type After = (i64, String);

/// A page of a list, and where the next one begins.
pub struct Listed<T> {
    pub items: Vec<T>,
    pub next: Option<After>,
}

impl<T> Listed<T> {
    fn none() -> Listed<T> {
        Listed {
            items: Vec::new(),
            next: None,
        }
    }

    /// One row more than the limit was asked for.
    fn read(
        mut rows: Vec<Row>,
        limit: usize,
        time: &str,
        item: impl Fn(&Row) -> Result<T, Refusal>,
    ) -> Result<Listed<T>, Refusal> {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|last| Ok::<_, Refusal>((last.int(time)?, last.text("id")?)));
        Ok(Listed {
            next: next.transpose()?,
            items: rows.iter().map(item).collect::<Result<_, _>>()?,
        })
    }
}

/// The lists of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// That the person may decide.
    Mine,
    /// Of the organisation, that somebody else must decide.
    Ours,
    /// Advice against that nobody has overruled.
    Against,
    /// Conditions that the organisation, as lead, has not answered.
    Conditions,
    /// Of others, undecided, on records that the organisation leads.
    Awaited,
}

impl Lines {
    pub const ALL: [Lines; 5] = [
        Lines::Mine,
        Lines::Ours,
        Lines::Against,
        Lines::Conditions,
        Lines::Awaited,
    ];

    /// Its word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Lines::Mine => "mine",
            Lines::Ours => "ours",
            Lines::Against => "against",
            Lines::Conditions => "conditions",
            Lines::Awaited => "awaited",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Lines::Mine => "Waiting for you",
            Lines::Ours => "Waiting for your organisation",
            Lines::Against => "Advice against, not overruled",
            Lines::Conditions => "Conditions without an answer",
            Lines::Awaited => "Whom you are waiting for",
        }
    }

    pub async fn page(
        self,
        ctx: &Ctx,
        acting: &Acting,
        after: Option<After>,
        limit: usize,
    ) -> Result<Listed<Waiting>, Refusal> {
        let (at, id) = after.unwrap_or((i64::MIN, String::new()));
        let mut args = args![&acting.organisation, at, id, limit as i64 + 1].to_vec();
        let statement = match self {
            Lines::Mine => &MINE,
            Lines::Ours => &OURS,
            Lines::Against => &AGAINST,
            Lines::Conditions => &CONDITIONS,
            Lines::Awaited => &AWAITED,
        };
        if matches!(self, Lines::Mine | Lines::Ours) {
            // A list of roles has as many places as there are roles.
            args.extend(
                Role::ALL
                    .iter()
                    .map(|(word, role)| Value::from(if acting.holds(*role) { *word } else { "" })),
            );
        }
        let rows = ctx.app.db.all(statement, &args).await?;
        Listed::read(rows, limit, "opened_at", Waiting::read)
    }
}

/// A line that somebody has to do something about.
pub struct Waiting {
    pub record: RecordId,
    pub line: LineId,
    pub title: String,
    /// A review line; otherwise a sign-off line.
    pub is_review: bool,
    pub role: Role,
    /// Whose line it is, or for lines of one's own organisation, who leads.
    pub organisation: String,
    pub opened_at: i64,
}

impl Waiting {
    fn read(row: &Row) -> Result<Waiting, Refusal> {
        Ok(Waiting {
            record: row.text("record_id")?.into(),
            line: row.text("id")?.into(),
            title: row.text("title")?,
            is_review: row.text("stage")? == "review",
            role: Role::parse(&row.text("role")?)
                .ok_or_else(|| Refusal::broken("a line has an unknown role"))?,
            organisation: row.text("organisation_name")?,
            opened_at: row.int("opened_at")?,
        })
    }
}

/// Something whose text the person may change.
pub struct Draft {
    pub record: RecordId,
    pub title: String,
    /// The organisation that leads, when it is another.
    pub lead: Option<String>,
    /// One's own part of an agreement that is joined.
    pub joining: bool,
}

/// Drafts that an author of the organisation may work on: its own, and its part of others’.
pub async fn drafts(
    ctx: &Ctx,
    acting: &Acting,
    after: Option<After>,
    limit: usize,
) -> Result<Listed<Draft>, Refusal> {
    if !acting.holds(Role::Author) {
        return Ok(Listed::none());
    }
    let mut editable = "|".to_owned();
    for record_type in ctx.app.packs.types.values() {
        for state in record_type.workflow.states.iter().filter(|s| s.editable) {
            editable.push_str(&format!("{}/{}|", record_type.id, state.id));
        }
    }
    let (at, id) = after.unwrap_or((i64::MAX, String::new()));
    let args = args![&acting.organisation, at, id, limit as i64 + 1, editable];
    let rows = ctx.app.db.all(&DRAFTS, args).await?;
    Listed::read(rows, limit, "changed_at", |row| {
        let own = row.text("organisation_id")? == acting.organisation.as_str();
        Ok(Draft {
            record: row.text("id")?.into(),
            title: row.text("title")?,
            lead: (!own).then(|| row.text("organisation_name")).transpose()?,
            joining: row.opt_int("joining")? == Some(0),
        })
    })
}
