use crate::DbError;

/// A parameter. Absent values keep their type, which PostgreSQL needs.
#[derive(Debug, Clone)]
pub enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! from {
    ($($from:ty => |$v:ident| $to:expr;)+) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Value { $to }
        }
    )+};
}

from! {
    &str => |v| Value::Text(Some(v.to_owned()));
    String => |v| Value::Text(Some(v));
    &String => |v| Value::Text(Some(v.clone()));
    Option<&str> => |v| Value::Text(v.map(str::to_owned));
    Option<String> => |v| Value::Text(v);
    &Option<String> => |v| Value::Text(v.clone());
    i64 => |v| Value::Int(Some(v));
    i32 => |v| Value::Int(Some(v.into()));
    Option<i64> => |v| Value::Int(v);
    bool => |v| Value::Int(Some(v.into()));
    Vec<u8> => |v| Value::Bytes(Some(v));
    &[u8] => |v| Value::Bytes(Some(v.to_vec()));
}

/// Parameters of a statement, in order: `args![id, name]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}

/// Refuses what only one of the two databases takes.
pub(crate) fn checked<'a>(
    statement: &'static str,
    args: impl IntoIterator<Item = &'a Value>,
) -> Result<(), DbError> {
    let mut texts = args.into_iter().filter_map(|value| match value {
        Value::Text(Some(text)) => Some(text),
        _ => None,
    });
    if texts.any(|text| text.contains('\0')) {
        return Err(DbError::NotText { statement });
    }
    Ok(())
}
