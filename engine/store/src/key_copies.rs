//! Copies of the keys, made apart from those of the database, and brought back: to where none are, or beside those that a newer
//! copy lacks and an older one has gone on with meanwhile.

use std::{collections::BTreeSet, path::Path};

use crate::{
    Store,
    backup::{Part, has_authority, holds_anything, readable, refused},
    copying::tables,
    database::{Database, Link, Place},
    error::{Obstacle, StoreError},
    keys::{KEYS_FILE, Keys, KeysAt, LEDGER},
    needed::{self, Fit, fit},
    statement::Cell,
};

/// What became of keys that were brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    /// So many reserves were put beside those that were there, perhaps none because only erasures were new; none at all when no keys were.
    pub joined: Option<u64>,
    /// So many authorities cannot read what they wrote last: these keys are older.
    pub lacking: u64,
}

impl Store {
    /// Writes the keys of a database into a file that is not there yet.
    pub async fn backup_keys(database: &Place, keys: impl Into<KeysAt>, to: &Path) -> Result<(), StoreError> {
        let (keys, to_place) = (keys.into(), || Place::Sqlite { dir: to.to_owned() });
        if to.exists() {
            return Err(refused(to, Obstacle::FileThere));
        }
        if !to.parent().is_none_or(|dir| dir.as_os_str().is_empty() || dir.is_dir()) {
            return Err(refused(to, Obstacle::NoFolder));
        }
        if !Database::is_at(database).await? {
            return Err(StoreError::NoDatabase { place: database.spoken() });
        }
        let data = Database::beside(database).await?;
        let looked = needed::look(&data, &keys).await;
        data.close().await;
        looked?;
        let Some(source) = Keys::there(&keys.place).await? else {
            return Err(StoreError::KeysMissing { place: keys.place.spoken_keys() });
        };
        let part = Part::beside(to).map_err(|error| to_place().unusable(error))?;
        let target = Keys::bare(&Place::Sqlite { dir: part.0.clone() }).await?;
        let copied = copy_keys(source.database(), &target, false).await;
        source.close().await;
        target.close().await;
        copied?;
        part.becomes(KEYS_FILE, to).map_err(|error| to_place().unusable(error))
    }

    /// Brings keys back: those of a backup that shall be brought back to `database`, or of what is there. Nothing is written unless
    /// they are the right ones. Where keys of the same installation are, those that they lack are put beside them. What was
    /// erased since is erased again, at the latest as soon as the store opens.
    pub async fn restore_keys(
        from: &Path,
        to: impl Into<KeysAt>,
        database: &Place,
        backup: Option<&Path>,
    ) -> Result<Brought, StoreError> {
        let to = to.into();
        if !from.is_file() {
            return Err(refused(from, Obstacle::NoFile));
        }
        let unreadable = |error| match error {
            error @ StoreError::Unavailable { .. } => error,
            _ => refused(from, Obstacle::NoBackup),
        };
        let Some(keys) = Keys::of_file(from).await.map_err(unreadable)? else {
            return Err(refused(from, Obstacle::NoBackup));
        };
        let brought = match meant(database, backup).await {
            Ok(data) => {
                let copy = Copy { file: from, keys: &keys, data };
                let brought = copy.bring(&to, database).await;
                copy.close().await;
                brought
            }
            Err(error) => Err(error),
        };
        keys.close().await;
        brought
    }
}

/// The data that keys are brought back for: those of a backup, or what is there.
async fn meant(place: &Place, backup: Option<&Path>) -> Result<Option<Database>, StoreError> {
    match backup {
        Some(_) if holds_anything(place).await? => {
            Err(StoreError::NotCopied { place: place.spoken(), why: Obstacle::DatabaseThere })
        }
        Some(file) if !file.is_file() => Err(refused(file, Obstacle::NoFile)),
        Some(file) => readable(file).await.map(Some),
        None if Database::is_at(place).await? => Database::beside(place).await.map(Some),
        None => Ok(None),
    }
}

/// A copy of keys that is brought back.
struct Copy<'a> {
    file: &'a Path,
    keys: &'a Keys,
    /// What they are brought back for.
    data: Option<Database>,
}

impl Copy<'_> {
    async fn close(&self) {
        if let Some(data) = &self.data {
            data.close().await;
        }
    }

    async fn fit(&self, keys: &Keys) -> Result<Fit, StoreError> {
        match &self.data {
            Some(data) => fit(data, Some(keys)).await,
            None => Ok(Fit::Empty),
        }
    }

    async fn bring(&self, to: &KeysAt, database: &Place) -> Result<Brought, StoreError> {
        let fit = self.fit(self.keys).await?;
        if let Some(there) = Keys::there(&to.place).await? {
            let joins = match there.any().await {
                Ok(true) => self.joins(&there, fit, to).await.map(|()| true),
                other => other,
            };
            there.close().await;
            if joins? {
                return self.join(to).await;
            }
        }
        let lacking = match fit {
            Fit::Empty | Fit::Any | Fit::Own => 0,
            Fit::Older(lacking) => to.older_will_do(lacking, || self.file.display().to_string())?,
            Fit::Other => return Err(self.other()),
        };
        // Nothing is lost with what signs here when it never signed anything, or when it is not what signed.
        let may_replace = fit != Fit::Any || !has_authority(database).await?;
        let target = Keys::bare(&to.place).await?;
        let brought = async {
            if target.any().await? || !may_replace && target.seed().await?.is_some() {
                return Err(keys_there(to));
            }
            copy_keys(self.keys.database(), &target, true).await
        };
        let brought = brought.await;
        target.close().await;
        brought.map(|()| Brought { joined: None, lacking })
    }

    fn other(&self) -> StoreError {
        refused(self.file, Obstacle::OtherKeys)
    }

    /// Whether this copy and the keys that are there are of one installation, the one that is meant: what signs is the same.
    async fn joins(&self, there: &Keys, fit: Fit, to: &KeysAt) -> Result<(), StoreError> {
        let (here, there_signs) = (self.keys.seed().await?, there.seed().await?);
        if here.is_none() || here != there_signs {
            return Err(if fit == Fit::Other { self.other() } else { keys_there(to) });
        }
        // Each may lack what the other one has.
        if fit == Fit::Other && self.fit(there).await? == Fit::Other { Err(self.other()) } else { Ok(()) }
    }

    async fn join(&self, to: &KeysAt) -> Result<Brought, StoreError> {
        let target = Keys::bare(&to.place).await?;
        let joined = async {
            let Some(joined) = join(self.keys, &target).await? else { return Err(keys_there(to)) };
            let lacking = match self.fit(&target).await? {
                Fit::Older(lacking) => lacking.authorities,
                Fit::Empty | Fit::Any | Fit::Own | Fit::Other => 0,
            };
            Ok(Brought { joined: Some(joined), lacking })
        };
        let joined = joined.await;
        target.close().await;
        joined
    }
}

fn keys_there(to: &KeysAt) -> StoreError {
    StoreError::NotCopied { place: to.place.spoken_keys(), why: Obstacle::KeysThere }
}

/// Copies all keys. One of the two is an embedded database.
async fn copy_keys(source: &Database, target: &Keys, from_file: bool) -> Result<(), StoreError> {
    let mut read = source.begin_read().await?;
    let mut write = target.database().begin_write().await?;
    let tables = tables(if from_file { &mut read } else { &mut write }).await?;
    let (from, to) = (schema_of(&read), schema_of(&write));
    write.run(target.sql("delete from KEYS.signers"), vec![]).await?;
    for table in tables {
        if table.name != "keys_format" {
            table.copy(&mut read, &mut write, [from, to], None).await?;
        }
    }
    read.leave().await?;
    write.commit().await
}

fn schema_of(link: &Link) -> &'static str {
    if link.is_postgres() { "fachwerk_keys." } else { "" }
}

/// Puts the reserves that are missing beside those that are there; how many. What is erased by one of the two is erased: a copy
/// must not bring it back. None when the source has neither a reserve nor an erasure that was not there.
async fn join(source: &Keys, target: &Keys) -> Result<Option<u64>, StoreError> {
    let mut read = source.database().begin_read().await?;
    let mut write = target.database().begin_write().await?;
    let (mut joined, mut noted, mut gone) = (0, false, BTreeSet::new());
    let mut after = (String::new(), String::new());
    loop {
        let rows = source.ledger(&mut read, &after).await?;
        let Some(last) = rows.last() else { break };
        after = (last.text(0)?, last.text(1)?);
        for row in &rows {
            let values = LEDGER.iter().enumerate().map(|(place, kind)| row.cell(place, *kind));
            noted |= target.note(&mut write, values.collect::<Result<_, _>>()?).await?;
        }
    }
    let mut after = -1;
    loop {
        let sql = "select reserve, keys from KEYS.reserves where reserve > $1 order by reserve limit 64";
        let rows = read.rows(source.sql(sql), vec![Cell::Int(after)]).await?;
        let Some(last) = rows.last() else { break };
        after = last.int(0)?;
        for row in &rows {
            let (number, keys) = (row.count(0)?, row.bytes(1)?);
            gone.extend(Keys::erased_in(number, &keys));
            joined += u64::from(target.put(&mut write, number, keys).await?);
        }
    }
    read.leave().await?;
    if joined == 0 && !noted {
        write.leave().await?;
        return Ok(None);
    }
    gone.extend(target.gone(&mut write).await?);
    target.erase(&mut write, &gone).await?;
    write.commit().await?;
    Ok(Some(joined))
}
