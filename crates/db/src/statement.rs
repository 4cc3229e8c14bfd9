/// One SQL text with a name, written once for both engines.
#[derive(Debug)]
pub struct Statement {
    pub name: &'static str,
    pub sql: &'static str,
}

impl Statement {
    /// One of this crate's own, which the preparing test does not walk: its table is not always there.
    pub(crate) const fn own(name: &'static str, sql: &'static str) -> Statement {
        Statement { name, sql }
    }

    /// Whether it reads one page of a list along an index, which is what `limit $1` says. Where so little is
    /// found that it may be sorted, it says `limit cast($1 as bigint)`.
    pub fn is_page(&self) -> bool {
        self.sql.contains(" limit $")
    }
}

/// A statement in the list that the preparing test walks.
pub struct Registered(pub &'static Statement);

inventory::collect!(Registered);

/// Every statement of the program, wherever it is declared.
pub fn registered() -> impl Iterator<Item = &'static Statement> {
    inventory::iter::<Registered>.into_iter().map(|r| r.0)
}

/// Declares statements and registers them, so that a test can prepare each on both engines.
///
/// ```text
/// db::sql! {
///     PERSON_BY_EMAIL = "select id, name from people where email = $1";
/// }
/// ```
#[macro_export]
macro_rules! sql {
    ($($(#[$meta:meta])* $name:ident = $sql:expr;)+) => {$(
        $(#[$meta])*
        static $name: $crate::Statement = $crate::Statement {
            name: concat!(module_path!(), "::", stringify!($name)),
            sql: $sql,
        };
        $crate::inventory::submit! { $crate::Registered(&$name) }
    )+};
}
