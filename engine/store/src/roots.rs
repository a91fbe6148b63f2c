//! Signed daily roots: for each day with turns a hash over the positions and hashes of its turns, chained to the root before
//! and signed. A copy of the roots that lies elsewhere proves that nothing up to that day was changed, left out or added,
//! whoever may have had the database, and the key that signs, since.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use fachwerk_core::{
    facts::day_of,
    words::{Date, TenantId, Text, Timestamp},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use crate::sign::Signature;
pub(crate) use crate::sign::Signer;
use crate::{
    Store,
    database::{Database, Link},
    error::StoreError,
    finding::{Finding, Problem, Report},
    hash::Hash,
    lists::limited,
    statement::Cell,
    verify::note,
};

/// The folder in the data directory that the roots are written into.
pub const ROOTS_FOLDER: &str = "roots";
/// Turns that are read at once.
const TURNS_AT_ONCE: i64 = 1000;
/// Roots that are read at once.
const ROOTS_AT_ONCE: u32 = 100;

/// What is signed of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// The authority.
    pub tenant: TenantId,
    /// The day, by the clock of Germany.
    pub day: Date,
    /// The position of its first turn.
    pub first: u64,
    /// The position of its last turn.
    pub last: u64,
    /// SHA-256 over the position (8 bytes, the greatest first) and the hash of each turn.
    pub hash: Hash,
    /// SHA-256 over the root before as it was signed; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Hash>,
}

/// A root as it lies in the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRoot {
    /// What is signed: as JSON, in this order, without spaces.
    pub root: Root,
    /// By whom.
    pub signature: Signature,
}

/// What is wrong with a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RootProblem {
    /// It is not what was signed.
    NotSigned,
    /// It was signed with another key than the one it should be.
    OtherKey,
    /// It does not follow the root before.
    BrokenLink,
    /// The turns of the day are not those that were signed.
    OtherTurns,
    /// Database and file say something else.
    FileDiffers,
    /// A file says it, the database does not know it.
    OnlyOutside,
}

impl RootProblem {
    /// What is wrong, for people.
    pub(crate) fn text(self) -> Text {
        match self {
            Self::NotSigned => {
                Text::new("Sie wurde nach der Unterschrift verändert.", "it was changed after it was signed.")
            }
            Self::OtherKey => Text::new(
                "Sie ist mit einem anderen Schlüssel unterschrieben.",
                "it is signed with another key.",
            ),
            Self::BrokenLink => {
                Text::new("Sie schließt nicht an die vorige an.", "it does not follow the root before.")
            }
            Self::OtherTurns => Text::new(
                "Die Eintragungen des Tages sind nicht die unterschriebenen.",
                "the turns of the day are not those that were signed.",
            ),
            Self::FileDiffers => {
                Text::new("Datenbank und Datei sagen Verschiedenes.", "database and file say something else.")
            }
            Self::OnlyOutside => Text::new(
                "Sie liegt nur in der Datei; in der Datenbank fehlt sie.",
                "it lies in the file only; the database lacks it.",
            ),
        }
    }
}

impl SignedRoot {
    /// Reads one, as it lies in a file.
    pub fn read(bytes: &[u8]) -> Result<SignedRoot, StoreError> {
        serde_json::from_slice(bytes).map_err(|error| StoreError::corrupt("roots", error))
    }

    /// The name of the folder that the roots of an authority are written into.
    pub fn folder_of(tenant: &TenantId) -> PathBuf {
        folder_of(tenant)
    }

    /// As it is written into a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StoreError> {
        json(self)
    }
}

fn json(what: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(what).map_err(|error| StoreError::fault(format!("a root is no JSON: {error}")))
}

/// A day whose turns are gone through.
struct Day {
    day: Option<Date>,
    first: u64,
    last: u64,
    digest: Sha256,
}

impl Day {
    fn begin(first: u64) -> Day {
        Day { day: None, first, last: first.saturating_sub(1), digest: Sha256::new() }
    }

    fn take(&mut self, position: u64, hash: &[u8]) {
        self.last = position;
        self.digest.update(position.to_be_bytes());
        self.digest.update(hash);
    }

    fn hash(self) -> Result<Hash, StoreError> {
        Hash::from_bytes(&self.digest.finalize()).map_err(|_| StoreError::fault("a hash of another length"))
    }
}

impl Store {
    /// Signs the days of an authority that are over and have no root yet; the new roots. What is written on the day of
    /// `now` waits.
    pub async fn sign_days(&self, tenant: &TenantId, now: Timestamp) -> Result<Vec<SignedRoot>, StoreError> {
        let mut before = self.last_root(tenant).await?;
        let today = day_of(now);
        let signer = self.keys().signer().await?;
        let mut made = Vec::new();
        let mut day = Day::begin(before.as_ref().map_or(1, |root| root.root.last + 1));
        loop {
            let sql = "select position, at, hash from journal where tenant = $1 and position > $2 \
                       order by position limit $3";
            let values = vec![Cell::text(tenant), Cell::int(day.last), Cell::Int(TURNS_AT_ONCE)];
            let rows = self.database().reader().await?.rows(sql, values).await?;
            for row in &rows {
                let (position, on) = (row.count(0)?, day_of(row.instant(1)?));
                // A clock that went back does not open a day again that is signed.
                let later = before.as_ref().is_none_or(|root| on > root.root.day);
                match day.day {
                    Some(open) if on > open => {
                        let closed = std::mem::replace(&mut day, Day::begin(position));
                        let root = self.sign(tenant, closed, before.take(), &signer).await?;
                        before = Some(root.clone());
                        made.push(root);
                        day.day = Some(on);
                    }
                    None if later => day.day = Some(on),
                    _ => {}
                }
                day.take(position, &row.bytes(2)?);
            }
            if rows.is_empty() {
                break;
            }
        }
        if day.day.is_some_and(|open| open < today) {
            made.push(self.sign(tenant, day, before, &signer).await?);
        }
        self.write_roots(tenant).await?;
        Ok(made)
    }

    async fn sign(
        &self,
        tenant: &TenantId,
        day: Day,
        before: Option<SignedRoot>,
        signer: &Signer,
    ) -> Result<SignedRoot, StoreError> {
        let (first, last, on) = (day.first, day.last, day.day.unwrap_or_default());
        let previous = before.map(|before| json(&before.root)).transpose()?.map(|bytes| Hash::of(&bytes));
        let root = Root { tenant: tenant.clone(), day: on, first, last, hash: day.hash()?, previous };
        let signed = SignedRoot { signature: signer.sign(&json(&root)?), root };
        let sql =
            "insert into roots (tenant, day, last, body) values ($1, $2, $3, $4) on conflict do nothing";
        let values =
            vec![Cell::text(tenant), Cell::text(on), Cell::int(last), Cell::Bytes(signed.to_bytes()?)];
        self.database().writer().await?.run(sql, values).await?;
        Ok(signed)
    }

    async fn last_root(&self, tenant: &TenantId) -> Result<Option<SignedRoot>, StoreError> {
        let sql = "select body from roots where tenant = $1 order by day desc limit 1";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(tenant)]).await?;
        row.map(|row| SignedRoot::read(&row.bytes(0)?)).transpose()
    }

    /// The roots of an authority behind a day, in order, at most `limit`.
    pub async fn roots(
        &self,
        tenant: &TenantId,
        after: Option<Date>,
        limit: u32,
    ) -> Result<Vec<SignedRoot>, StoreError> {
        let mut link = self.database().reader().await?;
        roots(&mut link, tenant, after, limit).await?.iter().map(|bytes| SignedRoot::read(bytes)).collect()
    }

    /// The public key that roots and certificates are signed with here, in hexadecimal digits.
    pub async fn public_key(&self) -> Result<String, StoreError> {
        Ok(self.keys().signer().await?.public_key())
    }

    /// Writes the roots into the folder beside an embedded database that are not there yet, the newest first.
    async fn write_roots(&self, tenant: &TenantId) -> Result<(), StoreError> {
        let Some(folder) = self.roots_folder().map(|folder| folder.join(folder_of(tenant))) else {
            return Ok(());
        };
        let written = fs::read_dir(&folder).map_or(0, Iterator::count);
        let sql = "select count(*) from roots where tenant = $1";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(tenant)]).await?;
        if row.map_or(Ok(0), |row| row.count(0))? == written as u64 {
            return Ok(());
        }
        let mut after = None;
        loop {
            let roots = self.roots(tenant, after, ROOTS_AT_ONCE).await?;
            let Some(last) = roots.last() else { return Ok(()) };
            after = Some(last.root.day);
            for root in &roots {
                write_root(&folder, root).map_err(|error| StoreError::UnusablePlace {
                    place: folder.display().to_string(),
                    reason: error.to_string(),
                })?;
            }
        }
    }

    /// Each root is signed here, follows the one before, and the turns of its day are those that were signed.
    pub(crate) async fn verify_roots(
        &self,
        tenant: &TenantId,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let outside = match self.roots_folder() {
            Some(folder) => read_roots(&folder.join(folder_of(tenant)), tenant, report)?,
            None => Vec::new(),
        };
        let key = self.keys().signer().await?.public_key();
        prove_roots(self.database(), tenant, Some(&key), &outside, report).await
    }
}

async fn roots(
    link: &mut Link,
    tenant: &TenantId,
    after: Option<Date>,
    limit: u32,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let sql = "select body from roots where tenant = $1 and day > $2 order by day limit $3";
    let after = after.map(|day| day.to_string()).unwrap_or_default();
    let rows = link.rows(sql, vec![Cell::text(tenant), Cell::text(after), limited(limit)]).await?;
    rows.iter().map(|row| row.bytes(0)).collect()
}

/// Goes through the roots of an authority in a database; `key` is the public key that they must be signed with, `outside`
/// are copies that lay elsewhere, sorted by their days.
pub(crate) async fn prove_roots(
    database: &Database,
    tenant: &TenantId,
    key: Option<&str>,
    outside: &[SignedRoot],
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut before: Option<SignedRoot> = None;
    let mut outside = outside.iter().peekable();
    let wrong = |report: &mut Report, day, why| {
        note(report, Finding { case: None, problem: Problem::WrongRoot { day, why } });
    };
    let mut after: Option<Date> = None;
    loop {
        let sql = "select day, body from roots where tenant = $1 and day > $2 order by day limit 1";
        let behind = after.map(|day| day.to_string()).unwrap_or_default();
        let row = database.reader().await?.row(sql, vec![Cell::text(tenant), Cell::text(behind)]).await?;
        let Some(row) = row else { break };
        let day: Date = row.parsed(0)?;
        after = Some(day);
        report.roots += 1;
        while let Some(missed) = outside.next_if(|copy| copy.root.day < day) {
            wrong(report, missed.root.day, RootProblem::OnlyOutside);
        }
        let copy = outside.next_if(|copy| copy.root.day == day);
        let Ok(signed) = SignedRoot::read(&row.bytes(1)?) else {
            wrong(report, day, RootProblem::NotSigned);
            before = None;
            continue;
        };
        let first = report.roots == 1;
        if let Some(why) = wrong_root(database, tenant, day, key, &signed, (before.as_ref(), first)).await? {
            wrong(report, day, why);
        } else if copy.is_some_and(|copy| *copy != signed) {
            wrong(report, day, RootProblem::FileDiffers);
        }
        before = Some(signed);
    }
    for missed in outside {
        wrong(report, missed.root.day, RootProblem::OnlyOutside);
    }
    Ok(())
}

/// What is wrong with a root. `before` is the one before it and whether this is the first at all.
async fn wrong_root(
    database: &Database,
    tenant: &TenantId,
    day: Date,
    key: Option<&str>,
    signed: &SignedRoot,
    (before, first): (Option<&SignedRoot>, bool),
) -> Result<Option<RootProblem>, StoreError> {
    let SignedRoot { root, signature } = signed;
    if !signature.vouches_for(&json(root)?) || root.tenant != *tenant || root.day != day {
        return Ok(Some(RootProblem::NotSigned));
    }
    if key.is_some_and(|key| key != signature.key) {
        return Ok(Some(RootProblem::OtherKey));
    }
    let follows = match before {
        Some(before) => {
            root.first == before.root.last + 1 && root.previous == Some(Hash::of(&json(&before.root)?))
        }
        None if first => root.first == 1 && root.previous.is_none(),
        // The one before could not be read; that was told.
        None => true,
    };
    if !follows {
        return Ok(Some(RootProblem::BrokenLink));
    }
    let mut turns = Day::begin(root.first);
    while turns.last < root.last {
        let sql = "select position, hash from journal where tenant = $1 and position > $2 and position <= $3 \
                   order by position limit $4";
        let values =
            vec![Cell::text(tenant), Cell::int(turns.last), Cell::int(root.last), Cell::Int(TURNS_AT_ONCE)];
        let rows = database.reader().await?.rows(sql, values).await?;
        if rows.is_empty() {
            return Ok(Some(RootProblem::OtherTurns));
        }
        for row in &rows {
            turns.take(row.count(0)?, &row.bytes(1)?);
        }
    }
    Ok((turns.hash()? != root.hash).then_some(RootProblem::OtherTurns))
}

/// The folder of an authority: its name, where that is one for a folder.
pub(crate) fn folder_of(tenant: &TenantId) -> PathBuf {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let name = tenant.as_str();
    if !name.is_empty() && name.bytes().all(plain) {
        return name.into();
    }
    format!("x{}", Hash::of(name.as_bytes())).into()
}

fn write_root(folder: &Path, root: &SignedRoot) -> Result<(), Box<dyn std::error::Error>> {
    let file = folder.join(format!("{}.json", root.root.day));
    if file.exists() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let part = folder.join(format!(".{}.part", root.root.day));
    let mut out = fs::File::create(&part)?;
    out.write_all(&root.to_bytes()?)?;
    out.sync_all()?;
    fs::rename(part, file)?;
    Ok(())
}

/// The roots that lie in a folder, by their days. One that cannot be read is noted.
pub(crate) fn read_roots(
    folder: &Path,
    tenant: &TenantId,
    report: &mut Report,
) -> Result<Vec<SignedRoot>, StoreError> {
    let unreadable = |error: std::io::Error| StoreError::UnusablePlace {
        place: folder.display().to_string(),
        reason: error.to_string(),
    };
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(unreadable(error)),
    };
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(Ok(day)) = name.strip_suffix(".json").map(str::parse::<Date>) else { continue };
        let bytes = fs::read(&path).map_err(unreadable)?;
        match SignedRoot::read(&bytes) {
            Ok(root) if root.root.day == day && root.root.tenant == *tenant => found.push(root),
            _ => {
                let problem = Problem::WrongRoot { day, why: RootProblem::FileDiffers };
                note(report, Finding { case: None, problem });
            }
        }
    }
    found.sort_by_key(|root| root.root.day);
    Ok(found)
}
