//! One file with everything, made while others write, and brought back on either back end.
//!
//! The file is an embedded database of the same format, and an authority that has grown moves to PostgreSQL by it. What only
//! counts for the servers that run (themselves, sessions) is left out, and so is what cases are found by: words and fields lie in clear,
//! and in a backup nobody could erase them any more. They are written anew when it is brought back.
//!
//! Documents that lie in a depot are put into the file as well, unless the depot has a backup of its own.
//!
//! The keys are copied apart: a backup that lies beside its keys is no better sealed than a letter with its key glued on.

use std::{
    fs,
    path::{Path, PathBuf},
};

use fachwerk_core::{
    format::Formats,
    projection::CaseRow,
    words::{TenantId, Timestamp},
};

use crate::{
    Store,
    change_set::insert,
    copying::{Fetching, copy},
    database::{DATABASE_FILE, Database, Place},
    depot::{Depots, Documents},
    error::{Obstacle, StoreError},
    halts::{HALT_ALL, Halt},
    keys::KeysAt,
    moving::Moving,
    needed,
    nodes::Writing,
    schema,
    seal::{Label, Seals},
    statement::Cell,
    tables::{Derived, listing_rows},
    writes::Writes,
};

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Authorities.
    pub tenants: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Documents whose bytes were not where they should lie.
    pub missing: u64,
    /// Documents that were left out because they lie in a depot.
    pub left_out: u64,
    /// Authorities that cannot read what they wrote last: the keys are older.
    pub lacking: u64,
}

/// What of the documents that lie outside is put into a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Included {
    /// All of them: the backup is whole by itself, and they lie in the database where it is brought back.
    All,
    /// None: it is whole together with a backup of their depot that was made *after* it. Bytes come before their row and go
    /// after it, so such a depot has all that the rows know.
    None,
}

impl Store {
    /// Writes everything into a file that is not there yet, as it is at one moment; whoever else writes goes on.
    pub async fn backup(from: &Place, to: &Path) -> Result<Copied, StoreError> {
        Self::backup_with(from, to, &Documents::default(), Included::All).await
    }

    /// The same, with a choice what becomes of documents that lie outside.
    pub async fn backup_with(
        from: &Place,
        to: &Path,
        documents: &Documents,
        included: Included,
    ) -> Result<Copied, StoreError> {
        let to_place = || Place::Sqlite { dir: to.to_owned() };
        if to.exists() {
            return Err(refused(to, Obstacle::FileThere));
        }
        if !to.parent().is_none_or(|dir| dir.as_os_str().is_empty() || dir.is_dir()) {
            return Err(refused(to, Obstacle::NoFolder));
        }
        if !Database::is_at(from).await? {
            return Err(StoreError::NoDatabase { place: from.spoken() });
        }
        // Whatever goes wrong, nothing that looks like a backup is left.
        let part = Part::beside(to).map_err(|error| to_place().unusable(error))?;
        let source = Database::beside(from).await?;
        let copied = copy_into(&source, from, &part.0, (documents, included)).await;
        source.close().await;
        let copied = copied?;
        part.becomes(DATABASE_FILE, to).map_err(|error| to_place().unusable(error))?;
        Ok(copied)
    }

    /// Brings a backup back to a place where nothing is yet; `keys` is where its keys are. Timers and effects of every
    /// authority rest until somebody lets them go on ([`Store::resume`]): what was sent since the backup must not be sent
    /// again. What was erased since is erased again.
    pub async fn restore(
        from: &Path,
        to: &Place,
        keys: impl Into<KeysAt>,
        now: Timestamp,
    ) -> Result<Copied, StoreError> {
        Self::restore_with(from, to, keys, &Documents::default(), now).await
    }

    /// The same with a choice where documents lie. Those that the backup has are moved there.
    pub async fn restore_with(
        from: &Path,
        to: &Place,
        keys: impl Into<KeysAt>,
        documents: &Documents,
        now: Timestamp,
    ) -> Result<Copied, StoreError> {
        let keys = &keys.into();
        if !from.is_file() {
            return Err(refused(from, Obstacle::NoFile));
        }
        if holds_anything(to).await? {
            return Err(StoreError::NotCopied { place: to.spoken(), why: Obstacle::DatabaseThere });
        }
        let copied = match to {
            Place::Sqlite { dir } => bring_file(from, &dir.join(DATABASE_FILE), keys, documents, now).await?,
            Place::Postgres { .. } => bring_rows(from, to, keys, now).await?,
        };
        let store = Store::open_at(to, keys.clone(), documents).await?;
        let mut link = store.database().writer().await?;
        link.run("delete from sessions", vec![]).await?;
        let tenants = link.row("select count(*) from tenants", vec![]).await?;
        let tenants = tenants.map_or(Ok(0), |row| row.count(0))?;
        drop(link);
        if documents.are_outside() {
            let mut moving = Moving::default();
            while store.move_documents(&mut moving, now).await?.is_some() {}
        }
        store.close().await;
        Ok(Copied { tenants, ..copied })
    }
}

/// Brings a backup back as a file, which it is already.
async fn bring_file(
    from: &Path,
    file: &Path,
    keys: &KeysAt,
    documents: &Documents,
    now: Timestamp,
) -> Result<Copied, StoreError> {
    let lacking = need_keys(from, keys).await?;
    let unusable = |error: std::io::Error| {
        let dir = file.parent().unwrap_or(file).to_owned();
        Place::Sqlite { dir }.unusable(error)
    };
    let put = || {
        let part = Part::beside(file)?;
        fs::copy(from, part.0.join(DATABASE_FILE))?;
        Ok(part)
    };
    let part = put().map_err(unusable)?;
    // Before it stands under its name: whatever happens, nothing rings of its own accord.
    let place = Place::Sqlite { dir: part.0.clone() };
    let store = Store::open_at(&place, keys.clone(), documents).await?;
    let made = prepare(&store, now).await;
    store.close().await;
    made?;
    part.becomes(DATABASE_FILE, file).map_err(unusable)?;
    Ok(Copied { lacking, ..Copied::default() })
}

/// Brings it back row by row.
async fn bring_rows(from: &Path, to: &Place, keys: &KeysAt, now: Timestamp) -> Result<Copied, StoreError> {
    let source = readable(from).await?;
    schema::need_newest(&source, &Place::Sqlite { dir: from.to_owned() }).await?;
    Writing::begin(&source, &Formats::OURS).await?;
    let lacking = need_keys(from, keys).await?;
    let (database, documents) = (Database::open(to).await?, Documents::default());
    let store = Store::not_compared(database, to, &keys.place, &documents, Formats::OURS).await?;
    let mut write = store.database().begin_write().await?;
    if write.row("select tenant from tenants limit 1", vec![]).await?.is_some() {
        return Err(StoreError::NotCopied { place: to.spoken(), why: Obstacle::DatabaseThere });
    }
    let mut read = source.begin_read().await?;
    let copied = copy(&mut read, &mut write, true, None).await?;
    read.leave().await?;
    write.run(HALT_ALL, vec![Cell::instant(now), Cell::text(Halt::Restored.word())]).await?;
    write.commit().await?;
    source.close().await;
    let made = async {
        store.replay_ledger().await?;
        prepare(&store, now).await?;
        store.look_at_rows().await
    };
    let made = made.await;
    store.close().await;
    made?;
    Ok(Copied { lacking, ..copied })
}

/// Timers and effects rest, and cases are found again.
async fn prepare(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    store.halt_all(now, Halt::Restored).await?;
    let mut after = (String::new(), String::new());
    loop {
        let mut link = store.database().begin_write().await?;
        let sql = "select tenant, case_id, body from cases where (tenant, case_id) > ($1, $2) \
                   order by tenant, case_id limit 100";
        let rows = link.rows(sql, vec![Cell::text(&after.0), Cell::text(&after.1)]).await?;
        let bodies = rows.iter().map(|row| row.bytes(2)).collect::<Result<Vec<_>, _>>()?;
        let ring = store.keys().ring_of(bodies.iter().map(Vec::as_slice)).await?;
        for (row, body) in rows.iter().zip(&bodies) {
            after = (row.text(0)?, row.text(1)?);
            let tenant: TenantId = after.0.as_str().into();
            let case: CaseRow = match ring.json(&Label::row("cases", &tenant), body) {
                // What older keys do not open is not found.
                Err(StoreError::KeyMissing { .. }) => continue,
                read => read?,
            };
            let (columns, words): (Vec<_>, Vec<_>) =
                listing_rows(&case).partition(|row| row.table == Derived::CaseColumns);
            let (nothing, mut writes) = (Seals::default(), Writes::default());
            insert(&mut writes, &tenant, Derived::CaseColumns, columns, &nothing)?;
            insert(&mut writes, &tenant, Derived::CaseWords, words, &nothing)?;
            writes.run(&mut link, &tenant).await?;
        }
        link.commit().await?;
        if rows.is_empty() {
            return Ok(());
        }
    }
}

/// Whether nothing can be brought back to a place.
pub(crate) async fn holds_anything(place: &Place) -> Result<bool, StoreError> {
    match place {
        Place::Sqlite { dir } => Ok(dir.join(DATABASE_FILE).exists()),
        Place::Postgres { .. } => has_authority(place).await,
    }
}

/// Whether there is a database at a place with any authority.
pub(crate) async fn has_authority(place: &Place) -> Result<bool, StoreError> {
    if !Database::is_at(place).await? {
        return Ok(false);
    }
    let database = Database::beside(place).await?;
    let found = database.count("select count(*) from tenants").await;
    database.close().await;
    Ok(found? > 0)
}

/// The keys at a place are those of the backup; of how many authorities they do not open what was sealed last.
async fn need_keys(file: &Path, keys: &KeysAt) -> Result<u64, StoreError> {
    let source = readable(file).await?;
    let looked = needed::look(&source, keys).await;
    source.close().await;
    match looked {
        Err(StoreError::KeysMissing { place }) => Err(StoreError::NotCopied { place, why: Obstacle::NoKeys }),
        other => other,
    }
}

async fn copy_into(
    source: &Database,
    from: &Place,
    dir: &Path,
    (documents, included): (&Documents, Included),
) -> Result<Copied, StoreError> {
    schema::need_newest(source, from).await?;
    let target = Store::bare(&Place::Sqlite { dir: dir.to_owned() }).await?;
    let (mut read, mut write) = (source.begin_read().await?, target.begin_write().await?);
    let depots = Depots::to_read(documents);
    let fetching = Fetching { source, depots: &depots, missing: 0 };
    let copied = match included {
        Included::All => copy(&mut read, &mut write, false, Some(fetching)).await,
        Included::None => copy(&mut read, &mut write, false, None).await,
    };
    read.leave().await?;
    match copied {
        Ok(copied) => {
            write.commit().await?;
            target.close().await;
            Ok(copied)
        }
        Err(error) => {
            write.leave().await?;
            target.close().await;
            Err(error)
        }
    }
}

pub(crate) fn refused(file: &Path, why: Obstacle) -> StoreError {
    StoreError::NotCopied { place: file.display().to_string(), why }
}

/// A backup, opened to be read.
pub(crate) async fn readable(file: &Path) -> Result<Database, StoreError> {
    let source = Database::file(file).await?;
    let mut link = source.reader().await?;
    let format = link.row("select max(format) from schema_format", vec![]).await;
    drop(link);
    if let Ok(Some(_)) = format {
        return Ok(source);
    }
    source.close().await;
    Err(refused(file, Obstacle::NoBackup))
}

/// A folder beside a file that is being made; it goes away whatever happens.
pub(crate) struct Part(pub PathBuf);

impl Part {
    pub(crate) fn beside(file: &Path) -> std::io::Result<Part> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let dir = file.with_file_name(format!(".{name}.part"));
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir)?;
        Ok(Part(dir))
    }

    /// What was made stands under its name, on the disk.
    pub(crate) fn becomes(&self, name: &str, file: &Path) -> std::io::Result<()> {
        let made = self.0.join(name);
        #[cfg(unix)]
        fs::set_permissions(&made, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        fs::File::open(&made)?.sync_all()?;
        fs::rename(&made, file)?;
        let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(dir)?.sync_all()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // What is left is only litter.
        let _ = fs::remove_dir_all(&self.0);
    }
}
