//! Stands between the standard library and the operating system: what happens to files and folders in which documents lie is
//! noted as [`crate::shim`] notes what SQLite does. The functions have the names of those that the standard library calls, so it
//! calls these; each hands on what concerns anything else.
//!
//! A file is noted with all its bytes when it is synced first, or else when it gets its name: nobody looks into one before.
#![allow(unsafe_code)]

use std::{
    ffi::{CStr, OsStr, c_char, c_int, c_void},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use crate::{
    disk::Op,
    shim::{named, noting, takes_room},
};

/// Documents lie in this folder of the one that is being noted.
pub const DOCUMENTS: &str = "documents";
/// "No space left on device".
const ENOSPC: c_int = 28;
/// Behind the program itself (`RTLD_NEXT`).
const NEXT: *mut c_void = -1_isize as *mut c_void;

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn __errno_location() -> *mut c_int;
}

/// A function of the C library, which stands behind the one of the same name here.
///
/// # Safety
/// `F` is the type of that function.
unsafe fn real<F: Copy>(name: &CStr) -> F {
    // SAFETY: the name is a text; a pointer to a function has the size of a pointer, and by contract `F` is its type.
    unsafe {
        let found = dlsym(NEXT, name.as_ptr());
        assert!(!found.is_null(), "the C library has {name:?}");
        std::mem::transmute_copy(&found)
    }
}

/// How a path is called, when documents lie there.
fn of_documents(path: &Path) -> Option<String> {
    named(path).filter(|name| Path::new(name).starts_with(DOCUMENTS))
}

/// # Safety
/// `path` is a text that outlives the call.
unsafe fn path_of<'a>(path: *const c_char) -> &'a Path {
    // SAFETY: by contract.
    Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(path) }.to_bytes()))
}

fn opened(descriptor: c_int) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{descriptor}")).ok()
}

fn bytes_of(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("what was just written can be read")
}

/// The operating system is never asked: what lasts is worked out by [`crate::disk`].
#[unsafe(no_mangle)]
extern "C" fn fsync(descriptor: c_int) -> c_int {
    let Some(path) = opened(descriptor) else { return 0 };
    if path.is_dir() {
        // Also the one that the folder of the documents lies in.
        if let Some(folder) = named(&path) {
            noting(|recorder| recorder.note(Op::SyncFolder { folder }));
        }
    } else if let Some(name) = of_documents(&path) {
        noting(|recorder| {
            let file = recorder.written(&name, || bytes_of(&path));
            recorder.note(Op::Sync { file });
        });
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: whoever calls passes two texts, as `rename` wants them; this is its type.
    let (done, from, to) = unsafe {
        let rename: unsafe extern "C" fn(*const c_char, *const c_char) -> c_int = real(c"rename");
        (rename(from, to), path_of(from), path_of(to))
    };
    // Why it failed must not be lost: whoever looks up a name may wait for others, and that has an error number of its own.
    if done == 0
        && let (Some(from), Some(name)) = (of_documents(from), of_documents(to))
    {
        noting(|recorder| {
            recorder.written(&from, || bytes_of(to));
            recorder.rename(from, name);
        });
    }
    done
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mkdir(path: *const c_char, mode: u32) -> c_int {
    // SAFETY: whoever calls passes a text, as `mkdir` wants it; this is its type.
    let (done, path) = unsafe {
        let mkdir: unsafe extern "C" fn(*const c_char, u32) -> c_int = real(c"mkdir");
        (mkdir(path, mode), path_of(path))
    };
    if done == 0
        && let Some(name) = of_documents(path)
    {
        noting(|recorder| recorder.note(Op::MakeFolder { name }));
    }
    done
}

#[unsafe(no_mangle)]
unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: whoever calls passes a text, as `unlink` wants it; this is its type.
    let (done, path) = unsafe {
        let unlink: unsafe extern "C" fn(*const c_char) -> c_int = real(c"unlink");
        (unlink(path), path_of(path))
    };
    if done == 0
        && let Some(name) = of_documents(path)
    {
        noting(|recorder| recorder.delete(name));
    }
    done
}

#[unsafe(no_mangle)]
unsafe extern "C" fn write(descriptor: c_int, bytes: *const c_void, count: usize) -> isize {
    let of_document = opened(descriptor).is_some_and(|path| of_documents(&path).is_some());
    if of_document && !takes_room(i64::try_from(count).unwrap_or(i64::MAX)) {
        // SAFETY: it points to the number of this thread.
        unsafe { *__errno_location() = ENOSPC };
        return -1;
    }
    // SAFETY: whoever calls passes so many bytes, as `write` wants them; this is its type.
    unsafe {
        let write: unsafe extern "C" fn(c_int, *const c_void, usize) -> isize = real(c"write");
        write(descriptor, bytes, count)
    }
}
