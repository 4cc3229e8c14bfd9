//! The lists of an in-tray, each of a bounded length and with its whole number.

use db::{Row, Value, args, sql};
use packs::Role;

use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Acting, Ctx, Refusal};

sql! {
    MINE = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name,
            count(*) over () as total
        from lines l join records r on r.id = l.record_id join organisations o on o.id = r.organisation_id
        join record_parties p on p.record_id = l.record_id and p.organisation_id = l.organisation_id
            and p.left_at is null
        where l.organisation_id = $1 and l.closed_at is null and l.outcome is null
            and l.role in ($2, $3, $4, $5, $6, $7, $8)
        order by l.opened_at, l.id limit 20";
    OURS = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name,
            count(*) over () as total
        from lines l join records r on r.id = l.record_id join organisations o on o.id = r.organisation_id
        join record_parties p on p.record_id = l.record_id and p.organisation_id = l.organisation_id
            and p.left_at is null
        where l.organisation_id = $1 and l.closed_at is null and l.outcome is null
            and l.role not in ($2, $3, $4, $5, $6, $7, $8)
        order by l.opened_at, l.id limit 20";
    AGAINST = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name,
            count(*) over () as total
        from lines l join records r on r.id = l.record_id join organisations o on o.id = r.organisation_id
        join record_parties p on p.record_id = l.record_id and p.organisation_id = l.organisation_id
            and p.left_at is null
        where l.organisation_id = $1 and l.closed_at is null and l.outcome = 'against' and l.overruled_at is null
        order by l.opened_at, l.id limit 20";
    CONDITIONS = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name,
            count(*) over () as total
        from records r join lines l on l.record_id = r.id join organisations o on o.id = l.organisation_id
        where r.organisation_id = $1 and l.closed_at is null and l.outcome = 'conditions' and l.answered_at is null
        order by l.opened_at, l.id limit 20";
    AWAITED = "select l.id, l.record_id, l.stage, l.role, l.opened_at, r.title, o.name as organisation_name,
            count(*) over () as total
        from records r join lines l on l.record_id = r.id join organisations o on o.id = l.organisation_id
        where r.organisation_id = $1 and l.organisation_id <> $1 and l.closed_at is null and l.outcome is null
        order by l.opened_at, l.id limit 20";
    DRAFTS = "select r.id, r.title, r.organisation_id, o.name as organisation_name, p.joining,
            count(*) over () as total
        from record_parties p join records r on r.id = p.record_id join organisations o on o.id = r.organisation_id
        where p.organisation_id = $1 and p.left_at is null
            and (p.joining = 0 or $2 like '%|' || r.type || '/' || r.state || '|%')
        order by r.changed_at desc, r.id limit 20";
}

/// The first of a list, and how long it is.
pub struct Listed<T> {
    pub items: Vec<T>,
    pub total: i64,
}

impl<T> Listed<T> {
    fn none() -> Listed<T> {
        Listed {
            items: Vec::new(),
            total: 0,
        }
    }

    fn read(rows: &[Row], item: impl Fn(&Row) -> Result<T, Refusal>) -> Result<Listed<T>, Refusal> {
        Ok(Listed {
            total: match rows.first() {
                Some(row) => row.int("total")?,
                None => 0,
            },
            items: rows.iter().map(item).collect::<Result<_, _>>()?,
        })
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

/// The organisation, then the roles held; a list of roles has as many places as there are roles.
fn with_roles(acting: &Acting) -> Vec<Value> {
    let mut args = vec![Value::from(&acting.organisation)];
    args.extend(
        Role::ALL
            .iter()
            .map(|(word, role)| Value::from(if acting.holds(*role) { *word } else { "" })),
    );
    args
}

/// Lines that the person may decide.
pub async fn mine(ctx: &Ctx, acting: &Acting) -> Result<Listed<Waiting>, Refusal> {
    let rows = ctx.app.db.all(&MINE, &with_roles(acting)).await?;
    Listed::read(&rows, Waiting::read)
}

/// Lines of the organisation that somebody else must decide.
pub async fn ours(ctx: &Ctx, acting: &Acting) -> Result<Listed<Waiting>, Refusal> {
    let rows = ctx.app.db.all(&OURS, &with_roles(acting)).await?;
    Listed::read(&rows, Waiting::read)
}

/// Advice against that nobody has overruled.
pub async fn advice_against(ctx: &Ctx, acting: &Acting) -> Result<Listed<Waiting>, Refusal> {
    let rows = ctx
        .app
        .db
        .all(&AGAINST, args![&acting.organisation])
        .await?;
    Listed::read(&rows, Waiting::read)
}

/// Conditions that the organisation, as lead, has not answered.
pub async fn conditions(ctx: &Ctx, acting: &Acting) -> Result<Listed<Waiting>, Refusal> {
    let rows = ctx
        .app
        .db
        .all(&CONDITIONS, args![&acting.organisation])
        .await?;
    Listed::read(&rows, Waiting::read)
}

/// Undecided lines of others on records that the organisation leads.
pub async fn awaited(ctx: &Ctx, acting: &Acting) -> Result<Listed<Waiting>, Refusal> {
    let rows = ctx
        .app
        .db
        .all(&AWAITED, args![&acting.organisation])
        .await?;
    Listed::read(&rows, Waiting::read)
}

/// Drafts that an author of the organisation may work on: its own, and its part of others’.
pub async fn drafts(ctx: &Ctx, acting: &Acting) -> Result<Listed<Draft>, Refusal> {
    if !acting.holds(Role::Author) {
        return Ok(Listed::none());
    }
    let mut editable = "|".to_owned();
    for record_type in ctx.app.packs.types.values() {
        for state in record_type.workflow.states.iter().filter(|s| s.editable) {
            editable.push_str(&format!("{}/{}|", record_type.id, state.id));
        }
    }
    let rows = ctx
        .app
        .db
        .all(&DRAFTS, args![&acting.organisation, editable])
        .await?;
    Listed::read(&rows, |row| {
        let own = row.text("organisation_id")? == acting.organisation.as_str();
        Ok(Draft {
            record: row.text("id")?.into(),
            title: row.text("title")?,
            lead: (!own).then(|| row.text("organisation_name")).transpose()?,
            joining: row.opt_int("joining")? == Some(0),
        })
    })
}
