//! Lists by pages: what comes next, and how many there are.

use axum::http::StatusCode;
use fachwerk_store::{Cursor, Total};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Page<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// Ask with this `cursor` for the next page; none at the end.
    pub next: Option<String>,
    /// How many rows the whole list had when its first page was read.
    pub total: u32,
    /// Whether there are more than were counted.
    pub total_capped: bool,
}

/// Which page of a list is wanted.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Where it begins, and what the first page counted; none: at the beginning.
    from: Option<(Total, String)>,
    /// At most so many rows.
    pub limit: u32,
}

impl Piece {
    /// Reads a cursor as [`Page::of`] wrote it: the count, a letter (`x` exact, `y` more), the cursor of the list.
    pub fn read(cursor: Option<&str>, limit: u32) -> Result<Piece, Problem> {
        let Some(text) = cursor else { return Ok(Piece { from: None, limit }) };
        let from = text.find(['x', 'y']).and_then(|at| {
            let count = text[..at].parse().ok()?;
            let total = Total { count, more: text.as_bytes()[at] == b'y' };
            Some((total, text[at + 1..].to_owned()))
        });
        match from {
            Some(from) => Ok(Piece { from: Some(from), limit }),
            None => Err(bad_cursor()),
        }
    }

    /// As the store takes it.
    pub fn of_store(&self) -> fachwerk_store::Piece {
        let cursor = self.from.as_ref().map(|(_, cursor)| Cursor::from_text(cursor.clone()));
        fachwerk_store::Piece { cursor, limit: self.limit }
    }

    /// For lists that are numbered: the number that the cursor names.
    pub fn number(&self) -> Result<Option<u64>, Problem> {
        self.from.as_ref().map(|(_, cursor)| cursor.parse().map_err(|_| bad_cursor())).transpose()
    }
}

impl<T> Page<T> {
    /// A page of rows. `total`: as just counted, for the first page.
    pub fn of(items: Vec<T>, next: Option<String>, total: Option<Total>, piece: &Piece) -> Page<T> {
        let before = piece.from.as_ref().map(|(total, _)| *total);
        let Total { count, more } = total.or(before).unwrap_or(Total { count: 0, more: false });
        let letter = if more { 'y' } else { 'x' };
        Page {
            items,
            next: next.map(|next| format!("{count}{letter}{next}")),
            total: count,
            total_capped: more,
        }
    }

    /// A page of the store, each row made into what people see.
    pub fn from_store<R>(page: fachwerk_store::Page<R>, piece: &Piece, shape: impl FnMut(R) -> T) -> Page<T> {
        let next = page.next.map(|cursor| cursor.as_str().to_owned());
        Page::of(page.items.into_iter().map(shape).collect(), next, page.total, piece)
    }
}

fn bad_cursor() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "BadCursor",
        "Diese Fortsetzung gehört nicht zur Liste. Bitte laden Sie die Liste neu.",
        "This cursor does not belong to the list. Please load the list anew.",
    )
}
