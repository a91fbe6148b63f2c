//! Stands between SQLite and the disk: hands every call on to SQLite's own VFS, and notes what changes the files of one
//! folder. The operating system is never asked to sync; what lasts is worked out by [`crate::disk`].
//!
//! See "The SQLite OS Interface or VFS" (sqlite.org/vfs.html) and `os_unix.c` of the bundled SQLite.
#![allow(unsafe_code)]

use std::{
    collections::BTreeMap,
    ffi::{CStr, c_char, c_int, c_void},
    path::{Path, PathBuf},
    ptr,
    sync::{
        Mutex, MutexGuard, Once, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use libsqlite3_sys as ffi;

use crate::disk::{File, Op};

/// How durable SQLite is told to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// As the store asks for.
    AsTheStoreSays,
    /// Nothing is synced at all.
    Off,
    /// Only checkpoints are synced.
    Normal,
}

/// What is being noted.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    ops: Vec<Op>,
    names: BTreeMap<String, File>,
    files: usize,
}

static RECORDER: Mutex<Option<Recorder>> = Mutex::new(None);
/// The folder that is being noted; by itself, because what happens below it happens while the recorder is held as well.
static FOLDER: Mutex<Option<PathBuf>> = Mutex::new(None);
/// How many bytes the disk takes before it is full.
static ROOM: AtomicI64 = AtomicI64::new(i64::MAX);
static SYNCHRONOUS: Mutex<Synchronous> = Mutex::new(Synchronous::AsTheStoreSays);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to note what happens to the files of a folder that does not exist yet. One recording at a time.
pub fn record(folder: &Path, synchronous: Synchronous) {
    install();
    assert!(!folder.exists(), "the record begins with an empty folder");
    *lock(&SYNCHRONOUS) = synchronous;
    let recorder = Recorder { folder: folder.to_owned(), ops: Vec::new(), names: BTreeMap::new(), files: 0 };
    assert!(lock(&RECORDER).replace(recorder).is_none(), "one recording at a time");
    *lock(&FOLDER) = Some(folder.to_owned());
}

/// How a path below the folder that is being noted is called; none when it lies elsewhere, or nothing is noted.
pub fn named(path: &Path) -> Option<String> {
    let folder = lock(&FOLDER);
    path.strip_prefix(folder.as_ref()?).ok()?.to_str().map(str::to_owned)
}

/// Notes something that is done to files of the folder by others than SQLite.
pub fn noting(what: impl FnOnce(&mut Recorder)) {
    lock(&RECORDER).as_mut().map(what);
}

/// Takes so many bytes from the room on the disk; false when it is full.
pub fn takes_room(bytes: i64) -> bool {
    let takes = ROOM.fetch_sub(bytes, Ordering::SeqCst) >= bytes;
    if !takes {
        ROOM.fetch_add(bytes, Ordering::SeqCst);
    }
    takes
}

/// Notes what the store has promised.
pub fn note(op: Op) {
    lock(&RECORDER).as_mut().expect("a recording is going on").ops.push(op);
}

/// From now on the disk takes so many bytes, then it is full; none: as many as it likes.
pub fn room(bytes: Option<usize>) {
    ROOM.store(bytes.map_or(i64::MAX, |bytes| bytes as i64), Ordering::SeqCst);
}

/// Ends the recording.
pub fn recorded() -> Vec<Op> {
    *lock(&SYNCHRONOUS) = Synchronous::AsTheStoreSays;
    *lock(&FOLDER) = None;
    lock(&RECORDER).take().expect("a recording is going on").ops
}

impl Recorder {
    /// The name of a file, when it lies in the folder.
    fn name_of(&self, path: &CStr) -> Option<String> {
        let path = Path::new(path.to_str().ok()?);
        (path.parent()? == self.folder).then(|| path.file_name()?.to_str().map(str::to_owned)).flatten()
    }

    /// The file behind a name that is being opened. `length`: that of what lies there already.
    fn open(&mut self, name: &str, length: Option<u64>) -> File {
        if let Some(known) = self.names.get(name).filter(|_| length.is_some()) {
            return *known;
        }
        // The store itself makes an empty file that nobody else may read, before SQLite writes into it.
        assert!(length.unwrap_or(0) == 0, "{name} had bytes in it when the record began");
        self.create(name)
    }

    fn create(&mut self, name: &str) -> File {
        self.files += 1;
        self.names.insert(name.to_owned(), self.files);
        self.ops.push(Op::Create { file: self.files, name: name.to_owned() });
        self.files
    }

    /// The file with a name, into which these bytes were written whenever it was.
    pub fn written(&mut self, name: &str, bytes: impl FnOnce() -> Vec<u8>) -> File {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let file = self.create(name);
        self.ops.push(Op::Write { file, at: 0, bytes: bytes() });
        file
    }

    pub fn rename(&mut self, from: String, to: String) {
        if let Some(file) = self.names.remove(&from) {
            self.names.insert(to.clone(), file);
        }
        self.ops.push(Op::Rename { from, to });
    }

    pub fn delete(&mut self, name: String) {
        self.names.remove(&name);
        self.ops.push(Op::Delete { name });
    }

    pub fn note(&mut self, op: Op) {
        self.ops.push(op);
    }
}

/// All names in the folder itself last.
fn outermost() -> Op {
    Op::SyncFolder { folder: String::new() }
}

/// An open file: ours in front, that of the wrapped VFS behind it in the same allocation.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    /// 0 when it is not noted.
    file: File,
    /// A new journal: its first sync is one of the folder too (`UNIXFILE_DIRSYNC`).
    syncs_folder: bool,
}

/// Makes the shim the default VFS of this process, once.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: SQLite is initialised by its first call; both functions are safe from any thread. The VFS is leaked,
        // so it lives as long as the process, as registration demands.
        unsafe {
            let real = ffi::sqlite3_vfs_find(ptr::null());
            assert!(!real.is_null(), "SQLite has a VFS");
            let size = size_of::<Handle>() as c_int + (*real).szOsFile;
            let shim = Box::leak(Box::new(ffi::sqlite3_vfs {
                iVersion: 2,
                szOsFile: size,
                zName: c"power-cut".as_ptr(),
                pNext: ptr::null_mut(),
                pAppData: real.cast(),
                xOpen: Some(open),
                xDelete: Some(delete),
                ..*real
            }));
            // What is not listed above is the real VFS's own function: it takes its first argument for a pointer to
            // any VFS and reads at most `mxPathname` of it, which is the same in ours.
            assert_eq!(ffi::sqlite3_vfs_register(shim, 1), ffi::SQLITE_OK);
            assert_eq!(ffi::sqlite3_auto_extension(Some(connected)), ffi::SQLITE_OK);
        }
    });
}

/// The wrapped VFS.
///
/// # Safety
/// `vfs` is the one that [`install`] registered.
unsafe fn real_vfs(vfs: *mut ffi::sqlite3_vfs) -> *mut ffi::sqlite3_vfs {
    // SAFETY: by contract; `install` put it there.
    unsafe { (*vfs).pAppData.cast() }
}

/// The file of the wrapped VFS.
///
/// # Safety
/// `file` was opened by [`open`].
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: SQLite allocated `szOsFile` bytes, of which ours are the first; `Handle` has the alignment of pointers,
    // so what follows it is aligned as well.
    unsafe { file.cast::<Handle>().add(1).cast() }
}

/// Calls a method of the wrapped file.
macro_rules! forward {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        // SAFETY: SQLite calls methods only on files that `open` has opened, and passes arguments that the wrapped
        // method may have; the wrapped file has had its methods set by its own `xOpen`.
        unsafe {
            let real = real($file);
            let method = (*(*real).pMethods).$method.expect("the VFS of SQLite has this method");
            method(real $(, $argument)*)
        }
    }};
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let mut recorder = lock(&RECORDER);
    // SAFETY: `path` is null or a text that outlives the call; `file` has room for `szOsFile` bytes.
    unsafe {
        let name = if path.is_null() {
            None
        } else {
            recorder.as_ref().and_then(|it| it.name_of(CStr::from_ptr(path)))
        };
        let lies_there = name.as_ref().zip(recorder.as_ref());
        let length =
            lies_there.and_then(|(name, it)| it.folder.join(name).metadata().ok()).map(|it| it.len());
        let handle = file.cast::<Handle>();
        (*handle).base.pMethods = ptr::null();
        let real_vfs = real_vfs(vfs);
        let xopen = (*real_vfs).xOpen.expect("the VFS of SQLite opens files");
        let code = xopen(real_vfs, path, real(file), flags, out_flags);
        if code != ffi::SQLITE_OK {
            return code;
        }
        let number = match (&name, recorder.as_mut()) {
            (Some(name), Some(recorder)) => recorder.open(name, length),
            _ => 0,
        };
        let journals = ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL | ffi::SQLITE_OPEN_WAL;
        (*handle).file = number;
        (*handle).syncs_folder = flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & journals != 0;
        (*handle).base.pMethods = &METHODS;
        code
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, path: *const c_char, sync_folder: c_int) -> c_int {
    let mut recorder = lock(&RECORDER);
    // SAFETY: `path` is a text that outlives the call; the wrapped VFS gets what SQLite has passed, without the wish to
    // sync.
    let (code, name) = unsafe {
        let real_vfs = real_vfs(vfs);
        let xdelete = (*real_vfs).xDelete.expect("the VFS of SQLite deletes files");
        let name = recorder.as_ref().and_then(|it| it.name_of(CStr::from_ptr(path)));
        (xdelete(real_vfs, path, 0), name)
    };
    if let (ffi::SQLITE_OK, Some(name), Some(recorder)) = (code, name, recorder.as_mut()) {
        recorder.delete(name);
        if sync_folder != 0 {
            recorder.note(outermost());
        }
    }
    code
}

/// Does something to a file and notes it when it went well, in the order in which it happened.
///
/// # Safety
/// `file` was opened by [`open`].
unsafe fn noted(
    file: *mut ffi::sqlite3_file,
    what: impl FnOnce() -> c_int,
    op: impl FnOnce(File) -> Op,
) -> c_int {
    // SAFETY: by contract.
    let number = unsafe { (*file.cast::<Handle>()).file };
    if number == 0 {
        return what();
    }
    let mut recorder = lock(&RECORDER);
    let code = what();
    if let (ffi::SQLITE_OK, Some(recorder)) = (code, recorder.as_mut()) {
        recorder.ops.push(op(number));
    }
    code
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: i64,
) -> c_int {
    let what = || {
        if !takes_room(i64::from(count)) {
            return ffi::SQLITE_FULL;
        }
        forward!(file, xWrite, bytes, count, at)
    };
    // SAFETY: SQLite passes `count` bytes; the file is open.
    unsafe {
        noted(file, what, |number| {
            let bytes = std::slice::from_raw_parts(bytes.cast::<u8>(), count as usize).to_vec();
            Op::Write { file: number, at: at as u64, bytes }
        })
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    let what = || forward!(file, xTruncate, size);
    // SAFETY: the file is open.
    unsafe { noted(file, what, |number| Op::Truncate { file: number, size: size as u64 }) }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: the file is open; nobody else uses this handle at the same time.
    unsafe {
        let code = noted(file, || ffi::SQLITE_OK, |number| Op::Sync { file: number });
        let handle = file.cast::<Handle>();
        if std::mem::take(&mut (*handle).syncs_folder) {
            return noted(file, || ffi::SQLITE_OK, |_| outermost());
        }
        code
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    forward!(file, xClose)
}
unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, count: c_int, at: i64) -> c_int {
    forward!(file, xRead, to, count, at)
}
unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    forward!(file, xFileSize, size)
}
unsafe extern "C" fn lock_file(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    forward!(file, xLock, level)
}
unsafe extern "C" fn unlock_file(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    forward!(file, xUnlock, level)
}
unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, found: *mut c_int) -> c_int {
    forward!(file, xCheckReservedLock, found)
}
unsafe extern "C" fn file_control(file: *mut ffi::sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    forward!(file, xFileControl, op, argument)
}
unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    forward!(file, xSectorSize)
}
unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    forward!(file, xDeviceCharacteristics)
}
unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    to: *mut *mut c_void,
) -> c_int {
    forward!(file, xShmMap, page, size, extend, to)
}
unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    forward!(file, xShmLock, offset, count, flags)
}
unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    forward!(file, xShmBarrier)
}
unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    forward!(file, xShmUnmap, delete)
}

/// Version 2: with shared memory, which a write-ahead log needs, and without mapped reads.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock_file),
    xUnlock: Some(unlock_file),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Called for every new connection: makes it less durable than the store asks for, and deaf to that wish.
unsafe extern "C" fn connected(
    db: *mut ffi::sqlite3,
    _message: *mut *mut c_char,
    _routines: *const ffi::sqlite3_api_routines,
) -> c_int {
    let level = match *lock(&SYNCHRONOUS) {
        Synchronous::AsTheStoreSays => return ffi::SQLITE_OK,
        Synchronous::Off => c"off",
        Synchronous::Normal => c"normal",
    };
    let words = [c"PRAGMA", c"synchronous", c"=", level].map(CStr::to_bytes).join(&b' ');
    let sql = std::ffi::CString::new(words).expect("these words hold no NUL");
    // SAFETY: `db` is a connection that nobody else has yet; the text outlives the call.
    unsafe {
        let code = ffi::sqlite3_exec(db, sql.as_ptr(), None, ptr::null_mut(), ptr::null_mut());
        if code == ffi::SQLITE_OK {
            ffi::sqlite3_set_authorizer(db, Some(deaf), ptr::null_mut())
        } else {
            code
        }
    }
}

/// Lets everything pass, besides changing how durable the connection is.
unsafe extern "C" fn deaf(
    _: *mut c_void,
    action: c_int,
    name: *const c_char,
    _value: *const c_char,
    _database: *const c_char,
    _trigger: *const c_char,
) -> c_int {
    // SAFETY: for this action SQLite passes the name of the pragma.
    let refused = action == ffi::SQLITE_PRAGMA && unsafe { CStr::from_ptr(name) } == c"synchronous";
    if refused { ffi::SQLITE_IGNORE } else { ffi::SQLITE_OK }
}
