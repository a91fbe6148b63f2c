//! What is wrong with a package, and what whoever made or brought it is told.

use std::sync::Arc;

use crate::words::Text;

/// What is wrong with a package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", self.code(), self.text().en)]
pub enum PackageFault {
    /// It is no package, or one of a form that this program does not know; what the reader says.
    Unreadable(Arc<str>),
    /// It is larger than packages may be; the limit and how much that is.
    TooLarge(&'static str, usize),
    /// A path leads out of its block, or is none.
    PathInvalid(Arc<str>),
    /// A name, version or range that is none; which.
    Invalid(Arc<str>),
    /// It holds one block twice.
    BlockTwice(Arc<str>),
    /// A folder holds another block, or another version, than the list of blocks says.
    BlockOtherwise(Arc<str>),
    /// A file that the list does not name, or that the list names and that is not there.
    FilesOtherwise(Arc<str>),
    /// A file is not the one that was packed, or the signature is not one over this package.
    Tampered(Arc<str>),
    /// Nobody has signed it.
    Unsigned,
    /// The authority does not trust the key that it is signed with.
    KeyUnknown(Arc<str>),
    /// It is made for another version of the program; the range, and the version.
    EngineOther(Arc<str>, Arc<str>),
    /// It needs a block that is not installed, in these versions.
    RequirementUnmet(Arc<str>, Arc<str>),
}

impl PackageFault {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            PackageFault::Unreadable(_) => "PackageUnreadable",
            PackageFault::TooLarge(..) => "PackageTooLarge",
            PackageFault::PathInvalid(_) => "PackagePathInvalid",
            PackageFault::Invalid(_) => "PackageInvalid",
            PackageFault::BlockTwice(_) => "PackageBlockTwice",
            PackageFault::BlockOtherwise(_) => "PackageBlockOtherwise",
            PackageFault::FilesOtherwise(_) => "PackageFilesOtherwise",
            PackageFault::Tampered(_) => "PackageTampered",
            PackageFault::Unsigned => "PackageUnsigned",
            PackageFault::KeyUnknown(_) => "PackageKeyUnknown",
            PackageFault::EngineOther(..) => "PackageEngineOther",
            PackageFault::RequirementUnmet(..) => "PackageRequirementUnmet",
        }
    }

    /// What is told.
    pub fn text(&self) -> Text {
        match self {
            PackageFault::Unreadable(why) => Text::new(
                format!(
                    "Diese Datei ist kein lesbares Paket (ein Paket endet auf „.fwpkg“). Bitte die Datei prüfen oder beim Herausgeber neu holen. Technische Angabe: {why}"
                ),
                format!(
                    "This file is no readable package (a package ends in `.fwpkg`). Please check the file, or get it from its publisher anew. Technically: {why}"
                ),
            ),
            PackageFault::TooLarge(limit, most) => Text::new(
                format!(
                    "Das Paket ist zu groß: mehr als {most} (Grenze „{limit}“). Bitte auf mehrere aufteilen."
                ),
                format!(
                    "The package is too large: more than {most} (limit `{limit}`). Please make several of it."
                ),
            ),
            PackageFault::PathInvalid(path) => Text::new(
                format!("„{path}“ ist kein Dateiname innerhalb eines Bausteins des Pakets."),
                format!("`{path}` is not the name of a file within a block of the package."),
            ),
            PackageFault::Invalid(what) => Text::new(
                format!(
                    "„{what}“ ist im Paket keine gültige Angabe: Kennungen haben Kleinbuchstaben, Ziffern und Bindestriche, Versionen drei Zahlen, Bereiche die Form 1, ^1.2 oder ^1.2.3."
                ),
                format!(
                    "`{what}` cannot stand in a package: ids have lower-case letters, digits and hyphens, versions three numbers, ranges the form 1, ^1.2 or ^1.2.3."
                ),
            ),
            PackageFault::BlockTwice(block) => Text::new(
                format!("Den Baustein „{block}“ gibt es im Paket zweimal. Bitte einen davon weglassen."),
                format!("The package holds the block `{block}` twice. Please leave one of them out."),
            ),
            PackageFault::BlockOtherwise(block) => Text::new(
                format!(
                    "Im Ordner „{block}“ des Pakets liegt nicht der Baustein in der Version, die das Verzeichnis nennt."
                ),
                format!(
                    "The folder `{block}` of the package does not hold the block in the version that its list says."
                ),
            ),
            PackageFault::FilesOtherwise(path) => Text::new(
                format!("Das Verzeichnis des Pakets und seine Dateien passen nicht zusammen: „{path}“."),
                format!("The list of the package and its files do not fit together: `{path}`."),
            ),
            PackageFault::Tampered(what) => Text::new(
                format!(
                    "Das Paket wurde nach dem Packen oder Unterschreiben verändert („{what}“). Es wird nicht verwendet."
                ),
                format!("The package was changed after it was packed or signed (`{what}`). It is not used."),
            ),
            PackageFault::Unsigned => Text::new(
                "Das Paket trägt keine Unterschrift. Der Herausgeber unterschreibt es mit „fachwerk block sign“.",
                "The package has no signature. Its publisher signs it with `fachwerk block sign`.",
            ),
            PackageFault::KeyUnknown(key) => Text::new(
                format!(
                    "Das Paket ist mit einem Schlüssel unterschrieben, dem die Behörde nicht vertraut: {key}. Den Schlüssel beim Herausgeber auf anderem Weg erfragen und unter Verwaltung → Bausteine eintragen."
                ),
                format!(
                    "The package is signed with a key that the authority does not trust: {key}. Ask the publisher for the key in another way and enter it under Administration → Blocks."
                ),
            ),
            PackageFault::EngineOther(range, version) => Text::new(
                format!("Das Paket ist für Fachwerk {range} gemacht; hier läuft {version}."),
                format!("The package is made for Fachwerk {range}; this one is {version}."),
            ),
            PackageFault::RequirementUnmet(block, versions) => Text::new(
                format!(
                    "Das Paket braucht den Baustein „{block}“ in einer Version {versions}; er ist nicht installiert. Bitte zuerst diesen installieren."
                ),
                format!(
                    "The package needs the block `{block}` in a version {versions}, which is not installed. Please install that one first."
                ),
            ),
        }
    }
}
