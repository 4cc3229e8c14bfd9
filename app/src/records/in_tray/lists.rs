//! The lists of an in-tray, a page at a time.

use db::{Row, Value, args, sql};
use packs::Role;

use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Acting, Ctx, Refusal};

sql! {
    // Whether it has left is asked line by line: for a join PostgreSQL would read all its records first.
    OF_ROLE = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name
        from lines l join records r on r.id = l.record_id join organisations o on o.id = r.organisation_id
        where l.organisation_id = $1 and l.role = $5 and l.closed_at is null and l.outcome is null
            and (l.opened_at, l.id) > ($2, $3)
            and (select 1 from record_parties p where p.record_id = l.record_id
                and p.organisation_id = l.organisation_id and p.left_at is null) = 1
        order by l.opened_at, l.id limit $4";
    AGAINST = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name
        from lines l join records r on r.id = l.record_id join organisations o on o.id = r.organisation_id
        where l.organisation_id = $1 and l.closed_at is null and l.outcome = 'against' and l.overruled_at is null
            and (l.opened_at, l.id) > ($2, $3)
            and (select 1 from record_parties p where p.record_id = l.record_id
                and p.organisation_id = l.organisation_id and p.left_at is null) = 1
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
        where p.organisation_id = $1 and p.left_at is null and p.type = $5 and p.state = $6
            and (p.changed_at, p.record_id) < ($2, $3)
        order by p.changed_at desc, p.record_id desc limit $4";
    OWN_PARTS = "select r.id, r.title, r.organisation_id, o.name as organisation_name, p.joining, p.changed_at
        from record_parties p join records r on r.id = p.record_id join organisations o on o.id = r.organisation_id
        where p.organisation_id = $1 and p.left_at is null and p.joining = 0
            and (p.changed_at, p.record_id) < ($2, $3)
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
        let args = args![&acting.organisation, at, id, limit as i64 + 1];
        let db = &ctx.app.db;
        let rows = match self {
            Lines::Mine => of_roles(ctx, args, |role| acting.holds(role)).await?,
            Lines::Ours => of_roles(ctx, args, |role| !acting.holds(role)).await?,
            Lines::Against => db.all(&AGAINST, args).await?,
            Lines::Conditions => db.all(&CONDITIONS, args).await?,
            Lines::Awaited => db.all(&AWAITED, args).await?,
        };
        Listed::read(rows, limit, "opened_at", Waiting::read)
    }
}

/// The lines of these roles, the oldest first. Each role is read from its own part of the index, so that
/// no line of another role is looked at.
async fn of_roles(
    ctx: &Ctx,
    args: &[Value],
    wanted: impl Fn(Role) -> bool,
) -> Result<Vec<Row>, Refusal> {
    let mut found = Vec::new();
    for (word, _) in Role::DOING.iter().filter(|(_, role)| wanted(*role)) {
        let mut args = args.to_vec();
        args.push((*word).into());
        found.extend(ctx.app.db.all(&OF_ROLE, &args).await?);
    }
    sorted(found, "opened_at")
}

/// Rows of several lists in one order.
fn sorted(rows: Vec<Row>, time: &str) -> Result<Vec<Row>, Refusal> {
    let mut keyed = Vec::new();
    for row in rows {
        keyed.push(((row.int(time)?, row.text("id")?), row));
    }
    keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
    keyed.dedup_by(|(one, _), (other, _)| one == other);
    Ok(keyed.into_iter().map(|(_, row)| row).collect())
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
    let (at, id) = after.unwrap_or((i64::MAX, String::new()));
    let args = args![&acting.organisation, at, id, limit as i64 + 1];
    let db = &ctx.app.db;
    let mut found = db.all(&OWN_PARTS, args).await?;
    for record_type in ctx.app.packs.types.values() {
        for state in record_type.workflow.states.iter().filter(|s| s.editable) {
            let mut args = args.to_vec();
            args.push(record_type.id.as_str().into());
            args.push(state.id.as_str().into());
            found.extend(db.all(&DRAFTS, &args).await?);
        }
    }
    let mut rows = sorted(found, "changed_at")?;
    rows.reverse();
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
