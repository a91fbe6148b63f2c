//! Places in a file of legal data, by the names of its lists, rows and keys: what is wrong with a row is found in its values,
//! and whoever has the file at hand finds the line to it.

use std::{fmt, sync::Arc};

use serde_path_to_error::{Path, Segment};

/// A place; empty: the file as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(pub Vec<At>);

/// A step on the way to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// The value of a key.
    Key(Arc<str>),
    /// The row with an id.
    Row(Arc<str>),
    /// One of a list, counted from 0.
    Number(usize),
}

impl At {
    /// The value of a key.
    pub fn key(name: &str) -> At {
        At::Key(name.into())
    }

    /// As the reader says it; what cannot be named ends it.
    pub fn path(path: &Path) -> Vec<At> {
        let at = |segment: &Segment| match segment {
            Segment::Seq { index } => Some(At::Number(*index)),
            Segment::Map { key } => Some(At::key(key)),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        path.iter().map_while(at).collect()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (ix, at) in self.0.iter().enumerate() {
            match at {
                At::Key(name) | At::Row(name) if ix == 0 => write!(f, "{name}")?,
                At::Key(name) | At::Row(name) => write!(f, ".{name}")?,
                At::Number(number) => write!(f, "[{}]", number + 1)?,
            }
        }
        Ok(())
    }
}
