//! Depots: places outside of the database where the sealed bytes of documents lie.
//!
//! **What a crash leaves.** A row of `blobs` must never stand for bytes that are not on the disk, and bytes of which no row
//! knows must never stay for good. So the bytes come first: they are noted as loose, then written so that they outlast a power
//! cut (a file under another name, flushed, renamed, its folder flushed; an object that was answered for), and only then the
//! transaction comes that puts the row in and takes the note away. When a document goes it is the other way round: the
//! transaction that deletes the row notes the bytes as loose, the key is written over, and then the bytes are removed. Whatever
//! happens between two of these steps, either the row or the note is there; what only a note knows for longer than a day is
//! swept up (`loose.rs`). Nothing is ever removed for being unknown: a depot that two databases use by mistake loses nothing.
//!
//! **Names** are random, behind the folder of the authority: whoever has a copy of a document cannot find out whether it is
//! there, as with the keyed hash of a listing. They are used once, so nothing is ever written over.
//!
//! **Which depot** a document lies in says its row, by the id that stands in the depot itself, under [`MARKER`]. So a folder
//! may be moved, and a folder that is not mounted is noticed at the start instead of being taken for an empty one.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::rand;
use fachwerk_core::words::TenantId;

use crate::{
    blobs::{Laid, MAX_BLOB_BYTES},
    database::{Database, Link, make_dir},
    error::StoreError,
    roots::SignedRoot,
    schema::MIGRATION_LOCK,
    statement::Cell,
};

/// Whoever names a new depot holds it: a number beside that of [`MIGRATION_LOCK`] and its neighbours.
const DEPOTS_LOCK: i64 = MIGRATION_LOCK + 3;
/// The name in a depot under which its id stands.
pub const MARKER: &str = "fachwerk-depot";
/// Documents that stay in the database.
const IN_DATABASE: &str = "database";
/// More than the largest document has when it is sealed: it may have become no smaller.
pub const MAX_SEALED_BYTES: usize = MAX_BLOB_BYTES + MAX_BLOB_BYTES / 64 + 4096;

/// A place for bytes by name. A call may take its time; the store makes none on the threads that others need.
pub trait Depot: Send + Sync {
    /// Keeps bytes; when it answers they outlast a power cut.
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// The bytes, when there are any under this name: at most [`MAX_SEALED_BYTES`].
    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>>;
    /// Removes bytes, for good when it answers. Those that are not there are removed.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// Opens a depot that is no folder, by its address.
pub type Opener = fn(&str) -> io::Result<Arc<dyn Depot>>;

/// Where new documents shall lie.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// The address of the depot; none: in the database.
    address: Option<String>,
    opener: Option<Opener>,
}

impl Documents {
    /// Where an address leads to: `database`, a folder, or what the opener knows (`...://...`).
    pub fn at(address: &str, opener: Opener) -> io::Result<Documents> {
        Ok(Documents { address: written(address)?, opener: Some(opener) })
    }

    /// In the database; those that lie elsewhere are still found.
    pub fn in_database(opener: Opener) -> Documents {
        Documents { address: None, opener: Some(opener) }
    }

    /// In a folder.
    pub fn in_folder(folder: &Path) -> io::Result<Documents> {
        Ok(Documents { address: written(&folder.to_string_lossy())?, opener: None })
    }

    /// Whether they shall lie outside of the database.
    pub fn are_outside(&self) -> bool {
        self.address.is_some()
    }
}

/// An address as it is kept. A folder must be named in full: the same words lead elsewhere for a server that begins elsewhere,
/// which would make a second depot there and say nothing. So is a `database` that is written wrongly no folder by mistake.
fn written(address: &str) -> io::Result<Option<String>> {
    let wrong = |what: String| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    Ok(match address.trim() {
        "" => return wrong("the address is empty".into()),
        IN_DATABASE => None,
        url if url.contains("://") => Some(url.trim_end_matches('/').to_owned()),
        folder if Path::new(folder).is_absolute() => {
            // However it is written: the same folder is known again.
            let folder: PathBuf = Path::new(folder).components().collect();
            Some(folder.to_string_lossy().into_owned())
        }
        folder => {
            let meant = std::path::absolute(folder)?;
            return wrong(format!(
                "a folder is named in full, so that it is the same from everywhere: is `{}` meant?",
                meant.display()
            ));
        }
    })
}

/// Where bytes lie outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outside {
    /// The id of the depot.
    pub depot: String,
    pub name: String,
}

/// The depots of a database, opened when they are needed.
pub(crate) struct Depots {
    opener: Option<Opener>,
    /// The one for new documents.
    chosen: Option<Arc<Opened>>,
    open: Mutex<HashMap<String, Arc<Opened>>>,
}

pub(crate) struct Opened {
    pub id: String,
    address: String,
    depot: Arc<dyn Depot>,
}

impl Depots {
    /// Opens the depot that is chosen, and makes it when it is a new one.
    pub(crate) async fn open(database: &Database, documents: &Documents) -> Result<Depots, StoreError> {
        let mut depots = Depots::to_read(documents);
        if let Some(address) = &documents.address {
            depots.chosen = Some(depots.choose(database, address).await?);
        }
        Ok(depots)
    }

    /// Those that documents lie in already.
    pub(crate) fn to_read(documents: &Documents) -> Depots {
        Depots { opener: documents.opener, chosen: None, open: Mutex::default() }
    }

    /// The one for new documents; none: they lie in the database.
    pub(crate) fn chosen(&self) -> Option<&Arc<Opened>> {
        self.chosen.as_ref()
    }

    /// The row that names a depot is there before the depot names itself: a crash in between leaves one that lies empty and is
    /// begun with anew, never a place of which nobody can say whose it is.
    async fn choose(&self, database: &Database, address: &str) -> Result<Arc<Opened>, StoreError> {
        let depot = self.at(address)?;
        let mut link = alone(database).await?;
        let id = identified(&mut link, &depot, address).await?;
        // Whether it can be written to is known at the start, not with the first document.
        let trial = format!("{MARKER}-{}", random_hex()?);
        put(&depot, address, &trial, id.clone().into_bytes()).await?;
        remove(&depot, address, &trial).await?;
        let sql = "insert into depots (depot, address) values ($1, $2) \
                   on conflict (depot) do update set address = excluded.address";
        link.run(sql, vec![Cell::text(&id), Cell::text(address)]).await?;
        link.commit().await?;
        let link = alone(database).await?;
        if marker(&depot, address).await?.is_none() {
            put(&depot, address, MARKER, id.clone().into_bytes()).await?;
        }
        link.leave().await?;
        let opened = Arc::new(Opened { id: id.clone(), address: address.to_owned(), depot });
        self.opened().insert(id, opened.clone());
        Ok(opened)
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Opened>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at(&self, address: &str) -> Result<Arc<dyn Depot>, StoreError> {
        let unusable = |reason: String| StoreError::UnusableDepot { place: address.to_owned(), reason };
        if !address.contains("://") {
            return Ok(Arc::new(Folder { root: address.into(), lasting: Mutex::default() }));
        }
        let opener = self.opener.ok_or_else(|| unusable("this program knows no such place".into()))?;
        opener(address).map_err(|error| unusable(error.to_string()))
    }

    /// The depot with an id.
    async fn with_id(&self, database: &Database, id: &str) -> Result<Arc<Opened>, StoreError> {
        if let Some(opened) = self.opened().get(id) {
            return Ok(opened.clone());
        }
        let sql = "select address from depots where depot = $1";
        let row = database.reader().await?.row(sql, vec![Cell::text(id)]).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("depots", format!("there is no depot {id}")))?;
        let address = row.text(0)?;
        let depot = self.at(&address)?;
        if marker(&depot, &address).await?.as_deref() != Some(id) {
            let reason = format!(
                "documents lie there, but `{MARKER}` is missing or another one; if they lie elsewhere now, begin with that place"
            );
            return Err(StoreError::DepotUnavailable { place: address, reason });
        }
        let opened = Arc::new(Opened { id: id.to_owned(), address, depot });
        self.opened().insert(id.to_owned(), opened.clone());
        Ok(opened)
    }

    async fn get(&self, database: &Database, outside: &Outside) -> Result<Option<Vec<u8>>, StoreError> {
        let opened = self.with_id(database, &outside.depot).await?;
        get(&opened.depot, &opened.address, &outside.name).await
    }

    /// All bytes of a piece, wherever they lie.
    pub(crate) async fn whole<'a>(
        &self,
        database: &Database,
        laid: &'a Laid,
    ) -> Result<Cow<'a, [u8]>, StoreError> {
        let Some(outside) = &laid.outside else { return Ok(Cow::Borrowed(&laid.body)) };
        let place = || self.spoken(database, outside);
        let Some(bytes) = self.get(database, outside).await? else {
            return Err(StoreError::BytesMissing { place: place().await });
        };
        // The row knows the key: other bytes in their place are not even tried.
        if !bytes.starts_with(&laid.body) {
            return Err(StoreError::corrupt(place().await, "these are other bytes"));
        }
        Ok(Cow::Owned(bytes))
    }

    pub(crate) async fn remove(&self, database: &Database, outside: &Outside) -> Result<(), StoreError> {
        let opened = self.with_id(database, &outside.depot).await?;
        remove(&opened.depot, &opened.address, &outside.name).await
    }

    /// How bytes that lie outside are named to whoever looks for them.
    async fn spoken(&self, database: &Database, outside: &Outside) -> String {
        let opened = self.with_id(database, &outside.depot).await;
        let address = opened.map_or_else(|_| outside.depot.clone(), |opened| opened.address.clone());
        format!("{address}/{}", outside.name)
    }
}

/// Two servers that begin with the same new depot must not both name it.
async fn alone(database: &Database) -> Result<Link, StoreError> {
    let mut link = database.begin_write().await?;
    if link.is_postgres() {
        link.run("select pg_advisory_xact_lock($1)", vec![Cell::Int(DEPOTS_LOCK)]).await?;
    }
    Ok(link)
}

/// The id of the depot at an address: the one that it names itself by, or a new one where nothing lies yet.
async fn identified(link: &mut Link, depot: &Arc<dyn Depot>, address: &str) -> Result<String, StoreError> {
    let unusable = |reason: String| StoreError::UnusableDepot { place: address.to_owned(), reason };
    let known = link.rows("select depot, address from depots order by depot", vec![]).await?;
    let known = known.iter().map(|row| Ok((row.text(0)?, row.text(1)?)));
    let known = known.collect::<Result<Vec<_>, StoreError>>()?;
    if let Some(id) = marker(depot, address).await? {
        if known.iter().any(|(depot, _)| *depot == id) {
            return Ok(id);
        }
        let reason = "the documents of another database lie there; choose another place, or an empty one";
        return Err(unusable(reason.into()));
    }
    let here = known.into_iter().filter(|(_, of)| of == address);
    let mut begun = None;
    for (id, _) in here {
        let sql = "select 1 from blobs where depot = $1 union all \
                   select 1 from loose_bytes where depot = $1 limit 1";
        if link.row(sql, vec![Cell::text(&id)]).await?.is_some() {
            return Err(unusable(format!("documents lie there, but `{MARKER}` is missing; is it mounted?")));
        }
        begun = Some(id);
    }
    begun.map_or_else(random_hex, Ok)
}

impl Opened {
    pub(crate) async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        put(&self.depot, &self.address, name, bytes).await
    }

    /// A place for bytes of an authority that nothing lies at.
    pub(crate) fn somewhere(&self, tenant: &TenantId) -> Result<Outside, StoreError> {
        let random = random_hex()?;
        let folder = SignedRoot::folder_of(tenant);
        let name = format!("{}/{}/{}", folder.display(), &random[..2], &random[2..]);
        Ok(Outside { depot: self.id.clone(), name })
    }
}

fn random_hex() -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| StoreError::fault("the machine has no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn marker(depot: &Arc<dyn Depot>, address: &str) -> Result<Option<String>, StoreError> {
    let found = get(depot, address, MARKER).await?;
    Ok(found.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
}

async fn get(depot: &Arc<dyn Depot>, address: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let name = name.to_owned();
    apart(depot, address, move |depot| depot.get(&name)).await
}

async fn put(depot: &Arc<dyn Depot>, address: &str, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let name = name.to_owned();
    apart(depot, address, move |depot| depot.put(&name, &bytes)).await
}

async fn remove(depot: &Arc<dyn Depot>, address: &str, name: &str) -> Result<(), StoreError> {
    let name = name.to_owned();
    apart(depot, address, move |depot| depot.remove(&name)).await
}

/// Does something that takes its time on a thread of its own.
async fn apart<T: Send + 'static>(
    depot: &Arc<dyn Depot>,
    address: &str,
    work: impl FnOnce(&dyn Depot) -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let depot = depot.clone();
    let done = tokio::task::spawn_blocking(move || work(&*depot)).await;
    let done = done.map_err(|error| StoreError::fault(format!("a depot: {error}")))?;
    done.map_err(|error| StoreError::DepotUnavailable {
        place: address.to_owned(),
        reason: error.to_string(),
    })
}

impl fmt::Debug for Depots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.chosen.as_ref().map_or(IN_DATABASE, |opened| &opened.address);
        write!(f, "Depots({address})")
    }
}

/// A folder of this machine, or of one that is mounted.
struct Folder {
    root: PathBuf,
    /// Folders whose names outlast a power cut, as far as it was seen to here.
    lasting: Mutex<HashSet<PathBuf>>,
}

impl Folder {
    /// The file with these bytes, and the one that they are written into first.
    fn files(&self, name: &str) -> (PathBuf, PathBuf) {
        let file = self.root.join(name);
        let part =
            file.with_file_name(format!("{}.part", file.file_name().unwrap_or_default().to_string_lossy()));
        (file, part)
    }
}

impl Folder {
    /// A folder that is mounted no more looks like an empty one: nothing is written there, and nothing taken for gone.
    fn need_marker(&self, name: &str) -> io::Result<()> {
        if name.starts_with(MARKER) || self.root.join(MARKER).is_file() {
            return Ok(());
        }
        Err(io::Error::other(format!("`{MARKER}` is missing; is it mounted?")))
    }

    /// Makes a folder, and those above it, so that they outlast a power cut; nobody else may look into them. Of one that is
    /// there whoever made it may not have come so far, or may just be at it: it is seen to once by each process.
    fn make_lasting(&self, folder: &Path) -> io::Result<()> {
        let lasting = || self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = folder.is_dir();
        if is_there && (!folder.starts_with(&self.root) || lasting().contains(folder)) {
            return Ok(());
        }
        let Some(above) = folder.parent() else { return Ok(()) };
        self.make_lasting(above)?;
        if !is_there {
            make_dir(folder)?;
        }
        match sync(above) {
            // An administrator made the folder, in one that only they may look into.
            Err(error) if is_there && error.kind() == io::ErrorKind::PermissionDenied => {}
            synced => synced?,
        }
        lasting().insert(folder.to_owned());
        Ok(())
    }
}

impl Depot for Folder {
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.need_marker(name)?;
        let (file, part) = self.files(name);
        let folder = file.parent().unwrap_or(&self.root);
        self.make_lasting(folder)?;
        let done = write_lasting(&part, bytes).and_then(|()| fs::rename(&part, &file));
        if done.is_err() {
            // A disk that is full needs the room.
            let _ = fs::remove_file(&part);
        }
        done?;
        sync(folder)
    }

    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let file = match fs::File::open(self.files(name).0) {
            Ok(file) => file,
            Err(error) if is_absent(&error) => return self.need_marker(name).map(|()| None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        let read = io::Read::read_to_end(&mut io::Read::take(file, MAX_SEALED_BYTES as u64), &mut bytes);
        read.map(|_| Some(bytes))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.need_marker(name)?;
        let (file, part) = self.files(name);
        for gone in [&part, &file] {
            match fs::remove_file(gone) {
                Err(error) if !is_absent(&error) => return Err(error),
                _ => {}
            }
        }
        match sync(file.parent().unwrap_or(&self.root)) {
            Err(error) if !is_absent(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

/// Writes a file that nobody else may read, so that its bytes outlast a power cut; its name lasts with its folder.
fn write_lasting(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(file)?;
    io::Write::write_all(&mut written, bytes)?;
    written.sync_all()
}

fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}
