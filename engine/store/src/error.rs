//! What can go wrong with the store, and what the caller should do about it.

use std::path::PathBuf;

use fachwerk_core::{
    facts::day_of,
    words::{CaseId, Text, Timestamp, day_text, megabytes},
};
use sqlx::{postgres::PgDatabaseError, sqlite::SqliteError};

/// Why the store did not do what it was asked. Every variant says how it is to be handled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The place given at start cannot be used. Handling: correct the setting and start again.
    #[error("the database place {place} cannot be used: {reason}")]
    UnusablePlace {
        /// The directory or address, without its password.
        place: String,
        /// What the machine said.
        reason: String,
    },
    /// Another process owns the data directory. Handling: stop it, or choose another directory.
    #[error("the data directory {} is in use by another process", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
    },
    /// The database was written by a newer Fachwerk. Handling: start that one; nothing was touched.
    #[error("the database has format {found}, this program knows formats up to {known}")]
    NewerFormat {
        /// The format found.
        found: u32,
        /// The newest one known here.
        known: u32,
    },
    /// Turns are in a format that only a newer Fachwerk reads. Handling: start that one; nothing is lost, and nothing was
    /// touched.
    #[error("turns are written in format {found}, this program reads up to {known}")]
    NewerTurns {
        /// The format found.
        found: u32,
        /// The newest one known here.
        known: u32,
    },
    /// What shall be stored has no words in the format that all servers read. Nothing was changed. Handling: try again when
    /// the last older server has ended.
    #[error("format {format} of turns, which all servers read, has no words for this")]
    OlderServers {
        /// The format.
        format: u32,
    },
    /// Servers of an older program live that could not go on with the tables as this one needs them. Nothing was changed.
    /// Handling: end them and start again.
    #[error("{servers} servers of an older program ({versions}) still work on the database")]
    OlderServersLive {
        /// How many.
        servers: usize,
        /// Of which versions.
        versions: String,
    },
    /// The database cannot be reached, is full, or is overloaded. Nothing was changed, except that a call that needs no
    /// transaction (a lease, a session) may have happened; each of those may be repeated. Handling: try again later.
    #[error("the database is not available: {reason}")]
    Unavailable {
        /// What the machine said.
        reason: String,
    },
    /// The database could not bring this into an order with what others did at the same time. Nothing was changed. Handling:
    /// decide anew and try again at once.
    #[error("others were faster: {reason}")]
    Again {
        /// What the machine said.
        reason: String,
    },
    /// The connection broke while committing: it is unknown whether the turns are stored. Handling: append the same
    /// turns again; that waits until the database has finished with the broken connection, and answers
    /// [`crate::Appended::Repeated`] when they are stored. [`crate::Store::find_command`] alone may look too early.
    #[error("it is unknown whether the commit happened: {reason}")]
    UnknownCommit {
        /// What the machine said.
        reason: String,
    },
    /// Something stored cannot be read any more. Handling: stop using this case or table, run `verify`, restore.
    #[error("damaged data in {place}: {reason}")]
    Corrupt {
        /// The table and key.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A case was erased: nobody can read it any more. Handling: tell whoever asked, with the day.
    #[error("case {case} was erased")]
    Erased {
        /// The case.
        case: CaseId,
        /// When.
        at: Timestamp,
    },
    /// The keys do not know the key that something was sealed with. Handling: stop, and restore the newest backup of the
    /// keys; they are older than the database, or belong to another one.
    #[error("the key of {place} is missing")]
    KeyMissing {
        /// What cannot be read.
        place: String,
    },
    /// The keys of a database, or of a backup, are not at their place. Nothing was made or changed. Handling: name the place
    /// where they are, mount it, or bring back their newest backup.
    #[error("the keys are missing: {place}")]
    KeysMissing {
        /// Where they should be.
        place: String,
    },
    /// The keys at a place open nothing of this database: they belong to another one. Nothing was changed. Handling: as above.
    #[error("the keys in {place} do not open this database")]
    OtherKeys {
        /// Where they are.
        place: String,
    },
    /// The keys at a place are those of this database, from before it was last written to. Nothing was changed. Handling: bring
    /// back a newer copy, or say that older ones will do.
    #[error(
        "the keys in {place} are older than the database: {authorities} of {of} authorities need newer ones"
    )]
    OlderKeys {
        /// Where they are.
        place: String,
        /// So many authorities cannot read what they wrote last.
        authorities: u64,
        /// Of so many.
        of: u64,
    },
    /// There is no database where one must be. Nothing was made. Handling: correct the setting.
    #[error("there is no database in {place}")]
    NoDatabase {
        /// Where it should be.
        place: String,
    },
    /// More than the store takes in one piece. Handling: refuse the input with the limit's name.
    #[error("{what}: {size} is more than the limit of {limit}")]
    TooLarge {
        /// The name of the limit, for example `document_bytes`.
        what: &'static str,
        /// How much there was.
        size: u64,
        /// How much may be.
        limit: u64,
    },
    /// All documents of an authority would have more bytes than it allows. Nothing was changed. Handling: refuse the document.
    #[error("{used} bytes are kept; with {size} more it is more than the {at_most} that are allowed")]
    NoRoom {
        /// So many they have.
        used: u64,
        /// So many the new one has.
        size: u64,
        /// So many may they have.
        at_most: u64,
    },
    /// The depot of documents that was chosen cannot be used. Handling: correct the setting and start again.
    #[error("documents cannot lie in {place}: {reason}")]
    UnusableDepot {
        /// Its address.
        place: String,
        /// Why.
        reason: String,
    },
    /// The depot of documents cannot be reached, or is full. No row was changed. Handling: try again later.
    #[error("the depot of documents {place} is not available: {reason}")]
    DepotUnavailable {
        /// Its address.
        place: String,
        /// What the machine said.
        reason: String,
    },
    /// The bytes of a document are not where they should lie. Handling: bring them back from a backup of the depot.
    #[error("the bytes of a document are missing: {place}")]
    BytesMissing {
        /// The address of the depot, and the name.
        place: String,
    },
    /// A cursor that does not belong to this list and order. Handling: begin the list anew.
    #[error("the cursor does not belong to this list")]
    BadCursor,
    /// A backup was not made or brought back; nothing was changed. Handling: choose another place or file.
    #[error("{place}: {}", .why.text().en)]
    NotCopied {
        /// The file, or the place without its password.
        place: String,
        /// Why.
        why: Obstacle,
    },
    /// Our own mistake: a statement or a call that cannot be right. Handling: log it, answer 500.
    #[error("fault in the store: {reason}")]
    Fault {
        /// What is wrong.
        reason: String,
    },
}

impl StoreError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnusablePlace { .. } => "store_place_unusable",
            Self::InUse { .. } => "store_in_use",
            Self::NewerFormat { .. } => "store_newer_format",
            Self::NewerTurns { .. } => "store_newer_turns",
            Self::OlderServers { .. } => "store_older_servers",
            Self::OlderServersLive { .. } => "store_older_servers_live",
            Self::Unavailable { .. } => "store_unavailable",
            Self::Again { .. } => "store_again",
            Self::UnknownCommit { .. } => "store_unknown_commit",
            Self::Corrupt { .. } => "store_corrupt",
            Self::Erased { .. } => "store_erased",
            Self::KeyMissing { .. } => "store_key_missing",
            Self::KeysMissing { .. } => "store_keys_missing",
            Self::OtherKeys { .. } => "store_other_keys",
            Self::OlderKeys { .. } => "store_older_keys",
            Self::NoDatabase { .. } => "store_no_database",
            Self::TooLarge { .. } => "store_too_large",
            Self::NoRoom { .. } => "store_no_room",
            Self::UnusableDepot { .. } => "store_depot_unusable",
            Self::DepotUnavailable { .. } => "store_depot_unavailable",
            Self::BytesMissing { .. } => "store_bytes_missing",
            Self::BadCursor => "store_bad_cursor",
            Self::NotCopied { .. } => "store_not_copied",
            Self::Fault { .. } => "store_fault",
        }
    }

    /// The error for people: what happened, and what to do.
    pub fn text(&self) -> Text {
        match self {
            Self::UnusablePlace { place, reason } => Text::new(
                format!(
                    "Die Datenbank {place} lässt sich nicht öffnen ({reason}). Bitte prüfen Sie die Einstellung."
                ),
                format!("The database {place} cannot be opened ({reason}). Please check the setting."),
            ),
            Self::InUse { dir } => Text::new(
                format!(
                    "Das Datenverzeichnis {0} wird bereits von einem anderen Prozess benutzt. Beenden Sie ihn oder \
                     wählen Sie ein anderes Verzeichnis.",
                    dir.display()
                ),
                format!(
                    "The data directory {} is in use by another process. Stop it, or choose another directory.",
                    dir.display()
                ),
            ),
            Self::NewerFormat { found, known } => Text::new(
                format!(
                    "Die Datenbank stammt von einer neueren Programmversion (Format {found}, bekannt bis {known}). \
                     Starten Sie die neuere Version; es wurde nichts verändert."
                ),
                format!(
                    "The database comes from a newer version of the program (format {found}, known up to {known}). \
                     Start the newer version; nothing was changed."
                ),
            ),
            Self::NewerTurns { found, known } => Text::new(
                format!(
                    "Eine neuere Programmversion schreibt hier schon (Format {found} der Vorgänge, bekannt bis {known}). \
                     Starten Sie die neuere Version; es ist nichts verloren und nichts verändert."
                ),
                format!(
                    "A newer version of the program writes here already (format {found} of cases, known up to {known}). \
                     Start the newer version; nothing is lost, and nothing was changed."
                ),
            ),
            Self::OlderServers { .. } => Text::new(
                "Das geht erst, wenn alle Server die neue Programmversion haben. Bitte versuchen Sie es dann erneut.",
                "This works only when all servers have the new version of the program. Please try again then.",
            ),
            Self::OlderServersLive { servers, versions } => Text::new(
                format!(
                    "Auf dieser Datenbank arbeiten noch {servers} Server mit einer älteren Programmversion ({versions}), die mit \
                     den neuen Tabellen nicht umgehen kann. Beenden Sie sie, dann starten Sie diesen; es wurde nichts \
                     verändert. Wurde einer ohne Vorwarnung beendet, warten Sie eine Minute."
                ),
                format!(
                    "{servers} servers of an older version of the program ({versions}), which cannot work with the new \
                     tables, are still at work on this database. Stop them, then start this one; nothing was changed. If \
                     one was killed, wait for a minute."
                ),
            ),
            Self::Unavailable { reason } => Text::new(
                format!(
                    "Die Datenbank ist zurzeit nicht erreichbar ({reason}). Bitte versuchen Sie es später erneut."
                ),
                format!("The database is not available at the moment ({reason}). Please try again later."),
            ),
            Self::Again { reason } => Text::new(
                format!("Andere waren schneller ({reason}). Bitte versuchen Sie es gleich noch einmal."),
                format!("Others were faster ({reason}). Please try again in a moment."),
            ),
            Self::UnknownCommit { reason } => Text::new(
                format!(
                    "Die Verbindung zur Datenbank riss beim Speichern ab ({reason}). Bitte prüfen Sie vor einer \
                     Wiederholung, ob die Änderung angekommen ist."
                ),
                format!(
                    "The connection to the database broke while saving ({reason}). Please check whether the change \
                     arrived before you repeat it."
                ),
            ),
            Self::Corrupt { place, reason } => Text::new(
                format!(
                    "Gespeicherte Daten sind beschädigt ({place}: {reason}). Prüfen Sie den Bestand mit \
                     „fachwerk verify“ und spielen Sie eine Sicherung ein."
                ),
                format!(
                    "Stored data are damaged ({place}: {reason}). Check them with `fachwerk verify` and restore a \
                     backup."
                ),
            ),
            Self::Erased { at, .. } => {
                let day = day_text(day_of(*at));
                Text::new(
                    format!(
                        "Dieser Vorgang ist am {} gelöscht worden. Der Löschnachweis liegt bei der Administration.",
                        day.de
                    ),
                    format!("This case was erased on {}. The administrators have the certificate.", day.en),
                )
            }
            Self::KeyMissing { place } => Text::new(
                format!(
                    "Der Schlüssel fehlt ({place}). Die Schlüssel sind älter als die Datenbank oder gehören zu einer anderen; \
                     spielen Sie ihre neueste Sicherung ein."
                ),
                format!(
                    "The key is missing ({place}). The keys are older than the database, or belong to another one; \
                     restore their newest backup."
                ),
            ),
            Self::KeysMissing { place } => Text::new(
                format!(
                    "Die Schlüssel fehlen ({place}). Ohne sie lässt sich nichts lesen; neue werden nicht angelegt. Liegen \
                     sie anderswo, geben Sie den Ort mit „--keys-at“ an oder binden Sie ihn ein. Sind sie verloren, \
                     spielen Sie ihre neueste Sicherung ein: „fachwerk restore --keys DATEI“."
                ),
                format!(
                    "The keys are missing ({place}). Without them nothing can be read, and new ones are not made. If they \
                     lie elsewhere, name the place with `--keys-at`, or mount it. If they are lost, bring back their newest \
                     backup: `fachwerk restore --keys FILE`."
                ),
            ),
            Self::OtherKeys { place } => Text::new(
                format!(
                    "Das sind nicht die Schlüssel zu diesen Daten ({place}): Sie gehören zu anderen. Geben Sie den richtigen \
                     Ort mit „--keys-at“ an. Sind die richtigen verloren, legen Sie diese hier weg und spielen Sie deren \
                     neueste Sicherung ein: „fachwerk restore --keys DATEI“. Es wurde nichts verändert."
                ),
                format!(
                    "These are not the keys of these data ({place}): they belong to others. Name the right place with \
                     `--keys-at`. If the right ones are lost, move these away and bring back their newest backup: `fachwerk \
                     restore --keys FILE`. Nothing was changed."
                ),
            ),
            Self::OlderKeys { place, authorities, of } => Text::new(
                format!(
                    "Die Schlüssel sind älter als die Daten ({place}): Was {authorities} von {of} Behörden zuletzt geschrieben \
                     haben, ließe sich nicht lesen. Spielen Sie eine neuere Sicherung der Schlüssel ein: „fachwerk restore \
                     --keys DATEI“. Gibt es keine, dann geht es mit „--older-keys“ weiter; was neuere Schlüssel braucht, \
                     bleibt unlesbar, bis sie sich finden. Es wurde nichts verändert."
                ),
                format!(
                    "The keys are older than the data ({place}): what {authorities} of {of} authorities wrote last could not be \
                     read. Bring back a newer backup of the keys: `fachwerk restore --keys FILE`. If there is none, \
                     go on with `--older-keys`; what needs newer keys stays unreadable until they are found. Nothing was \
                     changed."
                ),
            ),
            Self::NoDatabase { place } => Text::new(
                format!(
                    "In {place} gibt es keine Datenbank. Bitte prüfen Sie die Angabe („--data“, „--database“), oder beginnen \
                     Sie mit „fachwerk serve“."
                ),
                format!(
                    "There is no database in {place}. Please check what you named (`--data`, `--database`), or begin with \
                     `fachwerk serve`."
                ),
            ),
            Self::TooLarge { what, size, limit } => Text::new(
                format!("Zu groß: {size}, erlaubt sind höchstens {limit} (Grenze {what})."),
                format!("Too large: {size}, at most {limit} are allowed (limit {what})."),
            ),
            Self::NoRoom { used, size, at_most } => {
                let [used, size, most] = [used, size, at_most].map(|bytes| megabytes(*bytes));
                Text::new(
                    format!(
                        "Die Dokumente Ihrer Behörde haben zusammen schon {}; mit diesem ({}) wären es mehr als die erlaubten {}. Bitte die Administration verständigen: Sie kann Vorgänge löschen, deren Aufbewahrungsfrist abgelaufen ist, oder die Grenze erhöhen.",
                        used.de, size.de, most.de
                    ),
                    format!(
                        "The documents of your authority have {} already; with this one ({}) it would be more than the {} that are allowed. Please tell an administrator, who can erase cases whose retention period is over, or raise the limit.",
                        used.en, size.en, most.en
                    ),
                )
            }
            Self::UnusableDepot { place, reason } => Text::new(
                format!(
                    "Dokumente können nicht in {place} abgelegt werden ({reason}). Bitte prüfen Sie die Einstellung."
                ),
                format!("Documents cannot lie in {place} ({reason}). Please check the setting."),
            ),
            Self::DepotUnavailable { place, reason } => Text::new(
                format!(
                    "Die Ablage der Dokumente {place} ist zurzeit nicht erreichbar ({reason}). Bitte versuchen Sie es \
                     später erneut."
                ),
                format!(
                    "The depot of documents {place} is not available at the moment ({reason}). Please try again later."
                ),
            ),
            Self::BytesMissing { place } => Text::new(
                format!(
                    "Die Ablage hat dieses Dokument nicht mehr ({place}). Bitte holen Sie es aus einer Sicherung der Ablage \
                     zurück."
                ),
                format!(
                    "The depot has this document no more ({place}). Please bring it back from a backup of the depot."
                ),
            ),
            Self::BadCursor => Text::new(
                "Diese Fortsetzung gehört nicht zur Liste. Bitte laden Sie die Liste neu.",
                "This cursor does not belong to the list. Please load the list anew.",
            ),
            Self::NotCopied { place, why } => {
                let why = why.text();
                Text::new(format!("{place}: {}", why.de), format!("{place}: {}", why.en))
            }
            Self::Fault { .. } => Text::new(
                "Interner Fehler der Datenhaltung. Einzelheiten stehen im Protokoll.",
                "Internal fault of the store. The log has the details.",
            ),
        }
    }

    pub(crate) fn corrupt(place: impl Into<String>, reason: impl ToString) -> Self {
        Self::Corrupt { place: place.into(), reason: reason.to_string() }
    }

    pub(crate) fn fault(reason: impl Into<String>) -> Self {
        Self::Fault { reason: reason.into() }
    }
}

/// What keeps a backup from being made or brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The file to be written is there already.
    FileThere,
    /// The folder of the file to be written is not there.
    NoFolder,
    /// The file to be read is not there.
    NoFile,
    /// The file to be read is no backup.
    NoBackup,
    /// Where it shall be brought back there is a database already.
    DatabaseThere,
    /// Where it shall be brought back there are keys already.
    KeysThere,
    /// The keys that the backup was sealed with are not where it shall be brought back.
    NoKeys,
    /// The keys to be brought back open nothing of what they are meant for.
    OtherKeys,
}

impl Obstacle {
    fn text(self) -> Text {
        match self {
            Self::FileThere => Text::new(
                "Diese Datei gibt es schon; sie wird nicht überschrieben.",
                "this file is there already; it is not written over",
            ),
            Self::NoFolder => {
                Text::new("Den Ordner dafür gibt es nicht.", "there is no such folder to write it into")
            }
            Self::NoFile => Text::new("Diese Datei gibt es nicht.", "there is no such file"),
            Self::NoBackup => Text::new(
                "Das ist keine Sicherung, die „fachwerk backup“ geschrieben hat.",
                "this is no backup that `fachwerk backup` has written",
            ),
            Self::KeysThere => Text::new(
                "Dort liegen schon Schlüssel, und die Sicherung enthält keine weiteren, die dazugehören. Sind es die richtigen, lassen Sie „--keys“ weg; sonst legen Sie sie zuerst weg.",
                "there are keys already, and the backup has none that they lack and that belongs to them. If they are the right ones, leave `--keys` away; else move them away first",
            ),
            Self::NoKeys => Text::new(
                "Die Schlüssel zu dieser Sicherung fehlen. Geben Sie deren Sicherung mit „--keys DATEI“ an.",
                "The keys of this backup are missing. Name their backup with `--keys FILE`.",
            ),
            Self::OtherKeys => Text::new(
                "Das sind Schlüssel zu anderen Daten. Nehmen Sie die Sicherung der Schlüssel, die zu diesen gehört; es wurde nichts verändert.",
                "these are the keys of other data. Take the backup of the keys that belongs to these; nothing was changed",
            ),
            Self::DatabaseThere => Text::new(
                "Dort liegen schon Daten; zurückgeholt wird nur, wo noch keine sind.",
                "there are data already; a backup is only brought back to where none are",
            ),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        let reason = error.to_string();
        match error {
            E::Configuration(_) => Self::UnusablePlace { place: String::new(), reason },
            E::Io(_)
            | E::Tls(_)
            | E::Protocol(_)
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed
            | E::BeginFailed => Self::Unavailable { reason },
            E::ColumnDecode { index, .. } => Self::Corrupt { place: format!("column {index}"), reason },
            E::Decode(_) => Self::Corrupt { place: "a row".into(), reason },
            E::Database(inner) => {
                if let Some(sqlite) = inner.try_downcast_ref::<SqliteError>() {
                    of_sqlite(sqlite, reason)
                } else if let Some(postgres) = inner.try_downcast_ref::<PgDatabaseError>() {
                    of_postgres(postgres, reason)
                } else {
                    Self::Fault { reason }
                }
            }
            _ => Self::Fault { reason },
        }
    }
}

/// What a commit came to that failed. Only some answers of the database say for certain that nothing was committed: that
/// it could not be serialized, or that there was no room. Everything else may have happened all the same; a server that is
/// shut down while it waits for its follower has committed.
pub(crate) fn of_commit(error: sqlx::Error) -> StoreError {
    let certain = error.as_database_error().and_then(|error| error.code()).is_some_and(|code| {
        let full = code.parse::<i32>().is_ok_and(|code| code & 0xff == 13);
        let is_postgres = code.len() == 5;
        if is_postgres { code.starts_with("40") || code.starts_with("53") } else { full }
    });
    if certain { error.into() } else { StoreError::UnknownCommit { reason: error.to_string() } }
}

/// SQLite's primary result codes, <https://sqlite.org/rescode.html>.
fn of_sqlite(error: &SqliteError, reason: String) -> StoreError {
    use sqlx::error::DatabaseError;
    let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default() & 0xff;
    match code {
        // PERM, ABORT, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN
        3..=10 | 13 | 14 => StoreError::Unavailable { reason },
        // CORRUPT, NOTADB
        11 | 26 => StoreError::Corrupt { place: "the database file".into(), reason },
        _ => StoreError::Fault { reason },
    }
}

/// PostgreSQL's classes of SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_postgres(error: &PgDatabaseError, reason: String) -> StoreError {
    let code = error.code();
    match code.get(..2).unwrap_or_default() {
        // transaction rollback: serialization failure, deadlock
        "40" => StoreError::Again { reason },
        // connection, authorization, no such database, read-only standby, resources, lock, operator, system
        "08" | "28" | "3D" | "25" | "53" | "55" | "57" | "58" => StoreError::Unavailable { reason },
        "XX" => StoreError::Corrupt { place: "the database".into(), reason },
        _ => StoreError::Fault { reason },
    }
}
