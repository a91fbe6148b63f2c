//! Where post comes in without a person: a folder that a scanner fills ([`ScanFolder`]), and a mailbox on disk as every mail
//! program delivers into it ([`Maildir`]). Both are [`fachwerk_core::item::PostSource`]s; who asks them, and when, is not known here.
//!
//! What lies there comes from outside: nothing is followed that is no plain file, nothing larger than the limits is read, and names
//! are taken only from the listing of the folder itself.
//!
//! **Architecture invariant.** No network, no clock and no engine: files in, [`fachwerk_core::item::Arrived`] out. Which server
//! mails are fetched from is the matter of whatever delivers into the mailbox.

mod folder;
mod mail;
mod maildir;
mod scan;

pub use maildir::Maildir;
pub use scan::ScanFolder;

/// The most bytes of a scanned file: the limit of documents.
pub const MAX_FILE: u64 = 25_000_000;
/// The most bytes of a mail with all that is attached.
pub const MAX_MAIL: u64 = 40_000_000;
/// The most attachments of a mail.
pub const MAX_ATTACHMENTS: usize = 50;
