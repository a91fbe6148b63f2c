//! Databases of PostgreSQL that are made for a while: for measuring and for tests.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{Place, error::StoreError};

/// Makes an empty database on the server of an address; the address of the new one. The name has only small letters,
/// digits and `_`.
pub async fn create_database(url: &str, name: &str) -> Result<String, StoreError> {
    run(url, format!("create database {}", checked(url, name)?)).await?;
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let server = match address.rsplit_once('/') {
        // `postgres://host` has no database yet.
        Some((before, _)) if !before.ends_with('/') => before,
        _ => address,
    };
    let new = format!("{server}/{name}");
    Ok(if options.is_empty() { new } else { format!("{new}?{options}") })
}

/// Removes a database of the server at an address, whoever is still connected to it.
pub async fn drop_database(url: &str, name: &str) -> Result<(), StoreError> {
    run(url, format!("drop database {} with (force)", checked(url, name)?)).await
}

/// A name goes into a statement as it is.
fn checked<'a>(url: &str, name: &'a str) -> Result<&'a str, StoreError> {
    let sign = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_';
    if name.bytes().all(sign) && name.bytes().next().is_some_and(|first| first.is_ascii_lowercase()) {
        return Ok(name);
    }
    Err(place(url).unusable(format!("`{name}` is no name of a database that is made for a while")))
}

fn place(url: &str) -> Place {
    Place::Postgres { url: url.to_owned() }
}

async fn run(url: &str, sql: String) -> Result<(), StoreError> {
    let unusable = |error: sqlx::Error| place(url).unusable(error);
    let mut connection = PgConnection::connect(url).await.map_err(unusable)?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.map_err(unusable)?;
    connection.close().await.map_err(unusable)
}
