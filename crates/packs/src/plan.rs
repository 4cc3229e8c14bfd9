//! What is worked out once per record type: the names conditions may read, their types and
//! defaults, and an order in which every answer can be seen before it is needed.

/// The plan of a record type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {}
