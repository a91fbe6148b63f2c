//! Query parameters: each is asked for by name, and what nobody asks for is refused.

use std::{collections::BTreeMap, ops::RangeInclusive, str::FromStr, sync::Arc};

use axum::{
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
};
use fachwerk_core::words::Date;
use serde::de::{DeserializeOwned, IntoDeserializer, value::StrDeserializer};

use crate::{limits, paging::Piece, problem::Problem};

/// The query parameters of a request.
#[derive(Debug)]
pub struct Params(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Params, Problem> {
        if parts.uri.query().is_some_and(|query| query.len() > limits::QUERY_BYTES) {
            let most = limits::QUERY_BYTES;
            return Err(Problem::limit(StatusCode::BAD_REQUEST, "QueryInvalid", "query_bytes", most));
        }
        let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) else {
            return Err(invalid("?"));
        };
        Ok(Params(pairs.into_iter().filter(|(name, _)| name != "lang").collect()))
    }
}

impl Params {
    /// A parameter as it is; an empty one is none.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let mut found = None;
        let mut rest = Vec::with_capacity(self.0.len());
        for (other, value) in std::mem::take(&mut self.0) {
            if other != name {
                rest.push((other, value));
            } else if found.replace(value).is_some() {
                return Err(invalid(name));
            }
        }
        self.0 = rest;
        Ok(found.filter(|value| !value.trim().is_empty()))
    }

    /// A parameter that is read from its text.
    pub fn parsed<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        self.text(name)?.map(|value| value.trim().parse().map_err(|_| invalid(name))).transpose()
    }

    /// A number within bounds.
    pub fn within(&mut self, name: &str, bounds: RangeInclusive<i16>) -> Result<Option<i16>, Problem> {
        let number = self.parsed(name)?;
        if number.is_some_and(|number| !bounds.contains(&number)) { Err(invalid(name)) } else { Ok(number) }
    }

    /// A day, `2026-03-02`.
    pub fn day(&mut self, name: &str) -> Result<Option<Date>, Problem> {
        self.parsed(name)
    }

    /// One of some words; the default when it is not given.
    pub fn word<T: DeserializeOwned + Default>(&mut self, name: &str) -> Result<T, Problem> {
        let Some(given) = self.text(name)? else { return Ok(T::default()) };
        let word: StrDeserializer<'_, serde::de::value::Error> = given.as_str().into_deserializer();
        T::deserialize(word).map_err(|_| invalid(name))
    }

    /// All parameters whose name begins so, by the rest of the name.
    pub fn beginning_with(&mut self, prefix: &str) -> Result<BTreeMap<Arc<str>, String>, Problem> {
        let mut found = BTreeMap::new();
        let mut rest = Vec::with_capacity(self.0.len());
        for (name, value) in std::mem::take(&mut self.0) {
            match name.strip_prefix(prefix).map(Arc::from) {
                None => rest.push((name, value)),
                Some(short) => {
                    if found.insert(short, value).is_some() {
                        return Err(invalid(&name));
                    }
                }
            }
        }
        self.0 = rest;
        Ok(found)
    }

    /// `cursor` and `limit`.
    pub fn piece(&mut self) -> Result<Piece, Problem> {
        let limit = self.parsed::<u32>("limit")?.unwrap_or(limits::DEFAULT_PAGE_ROWS);
        if !(1..=limits::PAGE_ROWS).contains(&limit) {
            let most = limits::PAGE_ROWS;
            return Err(Problem::limit(StatusCode::BAD_REQUEST, "QueryInvalid", "page_rows", most));
        }
        Piece::read(self.text("cursor")?.as_deref(), limit)
    }

    /// Refuses what nobody has asked for.
    pub fn finish(self) -> Result<(), Problem> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(60).collect();
                Err(Problem::new(
                    StatusCode::BAD_REQUEST,
                    "QueryInvalid",
                    format!("Den Parameter „{name}“ gibt es hier nicht."),
                    format!("There is no parameter `{name}` here."),
                ))
            }
        }
    }
}

fn invalid(name: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "QueryInvalid",
        format!("Der Parameter „{name}“ ist nicht lesbar oder steht zweimal da."),
        format!("The parameter `{name}` cannot be read, or stands twice."),
    )
}
