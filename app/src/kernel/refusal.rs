use db::DbError;

/// What was wrong with one field, in words the person can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The id of the field on the page.
    pub field: String,
    pub message: String,
}

impl Problem {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Another site that somebody goes on to, and comes back from.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// The whole address.
    pub to: String,
    /// Its host, for people.
    pub name: String,
    /// The cookie to set on the way, or "".
    pub cookie: String,
}

/// Why something was not done. Every refusal leaves the data as it was.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is not there, or it is not yours to know about.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// The gateway asks for more than a password, and the person has nothing more yet.
    #[error("set up a second step first")]
    SecondStep,
    /// You may see it, but not do this.
    #[error("{0}")]
    NotAllowed(String),
    /// It cannot be done as things stand.
    #[error("{0}")]
    NotNow(String),
    /// The fields need another look.
    #[error("the form has problems")]
    Invalid(Vec<Problem>),
    /// First the person shows at the provider of their organisation that it is them. What they sent is kept.
    #[error("show that it is you at {}", .0.name)]
    ShowElsewhere(Elsewhere),
    /// Too many wrong passwords or codes. It can be tried again after a while.
    #[error("too many attempts")]
    TooOften,
    /// Somebody else changed it first. [`Ctx::decide`](crate::kernel::Ctx::decide) tries again on this.
    #[error("someone else changed this at the same moment")]
    Raced,
    /// What was sent is larger than what is taken.
    #[error("{0}")]
    TooLarge(String),
    /// What was sent did not arrive in time.
    #[error("the request did not arrive in time")]
    TooSlow,
    /// Too much was asked for in a short time.
    #[error("too many requests")]
    TooMany { wait_seconds: u64 },
    /// The request is not one a page of ours sends.
    #[error("{0}")]
    Malformed(String),
    /// The database does not answer. It may be restarting, or another takes its place.
    #[error("the database does not answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("something went wrong on our side")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Refusal {
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Refusal {
        Refusal::Invalid(vec![Problem::new(field, message)])
    }

    /// A form with a file that is larger than `limit` (bytes).
    pub fn too_large(limit: usize) -> Refusal {
        Refusal::TooLarge(format!(
            "What you sent is larger than {} MB. Nothing was changed. Go back, and send a smaller file: a scan at a \
             lower resolution, or a document without pictures.",
            limit / (1024 * 1024)
        ))
    }

    pub fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Refusal {
        Refusal::Broken(error.into())
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Refusal {
        match error {
            DbError::Exists { .. } => Refusal::Raced,
            // What comes in by a form or an address was cleaned before; this is for what is sent otherwise.
            DbError::NotText { .. } => Refusal::Malformed(
                "What was sent holds a character that is no text (U+0000). Nothing was changed."
                    .to_owned(),
            ),
            gone @ DbError::Unreachable { .. } => Refusal::Unreachable(gone.into()),
            other => Refusal::broken(other),
        }
    }
}
