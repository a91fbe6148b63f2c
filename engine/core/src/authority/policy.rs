//! What an authority sets for all its cases.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::AuthorityRejection;

/// What holds for all cases of an authority (Vorgaben).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Whether a case is erased only when the archive has answered (Anbietungspflicht).
    #[serde(default)]
    pub archive_first: bool,
    /// Which kinds of documents people may upload.
    #[serde(default = "usual_kinds")]
    pub document_kinds: BTreeSet<DocumentKind>,
    /// So many bytes may the documents of a case have; none: as many as there is room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_bytes: Option<u64>,
    /// The same of all documents of the authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority_bytes: Option<u64>,
    /// Whether what people send digitally as part of their profession is taken up before what has come otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub digital_first: bool,
}

/// A kind of document that people upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// PDF.
    Pdf,
    /// Pictures: PNG, JPEG, GIF, WebP, TIFF, HEIC.
    Image,
    /// Documents of office programs, without macros.
    Office,
    /// Plain text.
    Text,
    /// CSV, JSON, XML.
    Data,
    /// E-mails.
    Mail,
    /// ZIP archives. What lies in one is not looked at.
    Archive,
}

/// What is taken when nothing is said: everything but archives, into which nobody looks.
fn usual_kinds() -> BTreeSet<DocumentKind> {
    use DocumentKind::{Data, Image, Mail, Office, Pdf, Text};
    [Pdf, Image, Office, Text, Data, Mail].into()
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            archive_first: false,
            document_kinds: usual_kinds(),
            case_bytes: None,
            authority_bytes: None,
            digital_first: false,
        }
    }
}

impl Policy {
    /// Whether it can be so.
    pub fn check(&self) -> Result<(), AuthorityRejection> {
        let nothing =
            self.document_kinds.is_empty() || [self.case_bytes, self.authority_bytes].contains(&Some(0));
        if nothing { Err(AuthorityRejection::PolicyInvalid) } else { Ok(()) }
    }
}
