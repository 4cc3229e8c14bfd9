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

/// Why something was not done. Every refusal leaves the data as it was.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is not there, or it is not yours to know about.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// You may see it, but not do this.
    #[error("{0}")]
    NotAllowed(String),
    /// It cannot be done as things stand.
    #[error("{0}")]
    NotNow(String),
    /// The fields need another look.
    #[error("the form has problems")]
    Invalid(Vec<Problem>),
    /// Too many wrong passwords or codes. It can be tried again after a while.
    #[error("too many attempts")]
    TooOften,
    /// Somebody else changed it first. [`Ctx::decide`](super::Ctx::decide) tries again on this.
    #[error("somebody else changed this at the same moment")]
    Raced,
    /// The request is not one a page of ours sends.
    #[error("{0}")]
    Malformed(String),
    #[error("something went wrong on our side")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Refusal {
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Refusal {
        Refusal::Invalid(vec![Problem::new(field, message)])
    }

    pub fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Refusal {
        Refusal::Broken(error.into())
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Refusal {
        match error {
            DbError::Exists { .. } => Refusal::Raced,
            other => Refusal::broken(other),
        }
    }
}
