//! Why an authority is not changed, and what whoever asked is told.

use std::sync::Arc;

use crate::words::Text;

/// Why an authority is not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorityRejection {
    /// It exists already.
    Exists,
    /// It does not exist.
    Unknown,
    /// The role for this is missing.
    NotAllowed,
    /// The name of a person or role is blank or too long.
    NameInvalid,
    /// The last administrator would be gone.
    LastAdministrator,
    /// There is no such process in use.
    ProcessUnknown,
    /// This version is in use with other content.
    VersionTaken,
    /// There is no such version of a block.
    BlockUnknown,
    /// A process in use needs this version of a block.
    BlockInUse,
    /// There is no such token, or it was revoked.
    TokenUnknown,
    /// A token is for an active person, with a name and only with roles that the person holds.
    TokenInvalid,
    /// A substitution is of two active people, from a day until the same or a later one, not longer than a year.
    SubstitutionInvalid,
    /// The same person stands in for the same on one of these days already.
    SubstitutionOverlaps,
    /// There is no such substitution, or it is over.
    SubstitutionUnknown,
    /// The key of a message is blank, too long or the one that it has.
    KeyInvalid,
    /// The reason is missing or too long.
    ReasonInvalid,
    /// A retention period is too long, or without the provision that it follows from.
    RetentionInvalid,
    /// A policy that takes no documents at all.
    PolicyInvalid,
    /// Something that an authority says of itself cannot be so; the field.
    ProfileInvalid(&'static str),
    /// A day off without a name, too far away, or one too many.
    DayOffInvalid,
    /// This day is no day off that the authority set.
    DayOffUnknown,
    /// There is no such table of legal data.
    LawTableUnknown,
    /// The authority has not set this row of legal data.
    LawRowUnknown,
    /// A row of legal data with an id that cannot be, too long, or one too many.
    LawRowTooLarge,
    /// A row of legal data cannot be so.
    LawRowInvalid(Text),
    /// A publisher without a name, with a key that is none, or one too many.
    PublisherInvalid,
    /// The authority takes no packages of this publisher.
    PublisherUnknown,
    /// A package brings a block that is not of its publisher.
    BlockOfAnother(Arc<str>),
    /// There is no such mass run.
    RunUnknown,
    /// A mass run without a title, with no or too many cases, one too many, or a list that is not one of it.
    RunInvalid,
    /// None of the roles takes part in the process of a mass run.
    RunNotAllowed,
    /// Whoever let the cases be asked does not sign.
    RunOtherPersonNeeded,
    /// The mass run is elsewhere by now.
    RunElsewhere,
}

impl AuthorityRejection {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            AuthorityRejection::Exists => "AuthorityExists",
            AuthorityRejection::Unknown => "AuthorityUnknown",
            AuthorityRejection::NotAllowed => "NotAllowed",
            AuthorityRejection::NameInvalid => "NameInvalid",
            AuthorityRejection::LastAdministrator => "LastAdministrator",
            AuthorityRejection::ProcessUnknown => "ProcessUnknown",
            AuthorityRejection::VersionTaken => "VersionTaken",
            AuthorityRejection::BlockUnknown => "BlockUnknown",
            AuthorityRejection::BlockInUse => "BlockInUse",
            AuthorityRejection::TokenUnknown => "TokenUnknown",
            AuthorityRejection::TokenInvalid => "TokenInvalid",
            AuthorityRejection::SubstitutionInvalid => "SubstitutionInvalid",
            AuthorityRejection::SubstitutionOverlaps => "SubstitutionOverlaps",
            AuthorityRejection::SubstitutionUnknown => "SubstitutionUnknown",
            AuthorityRejection::KeyInvalid => "KeyInvalid",
            AuthorityRejection::ReasonInvalid => "ReasonInvalid",
            AuthorityRejection::RetentionInvalid => "RetentionInvalid",
            AuthorityRejection::PolicyInvalid => "PolicyInvalid",
            AuthorityRejection::ProfileInvalid(_) => "ProfileInvalid",
            AuthorityRejection::DayOffInvalid => "DayOffInvalid",
            AuthorityRejection::DayOffUnknown => "DayOffUnknown",
            AuthorityRejection::LawTableUnknown => "LawTableUnknown",
            AuthorityRejection::LawRowUnknown => "LawRowUnknown",
            AuthorityRejection::LawRowTooLarge => "LawRowTooLarge",
            AuthorityRejection::LawRowInvalid(_) => "LawRowInvalid",
            AuthorityRejection::PublisherInvalid => "PublisherInvalid",
            AuthorityRejection::PublisherUnknown => "PublisherUnknown",
            AuthorityRejection::BlockOfAnother(_) => "BlockOfAnother",
            AuthorityRejection::RunUnknown => "RunUnknown",
            AuthorityRejection::RunInvalid => "RunInvalid",
            AuthorityRejection::RunNotAllowed => "RunNotAllowed",
            AuthorityRejection::RunOtherPersonNeeded => "RunOtherPersonNeeded",
            AuthorityRejection::RunElsewhere => "RunElsewhere",
        }
    }

    /// What the person who asked is told.
    pub fn text(&self) -> Text {
        match self {
            AuthorityRejection::Exists => {
                Text::new("Diesen Mandanten gibt es schon.", "This authority exists already.")
            }
            AuthorityRejection::Unknown => {
                Text::new("Diesen Mandanten gibt es nicht.", "There is no such authority.")
            }
            AuthorityRejection::NotAllowed => Text::new(
                "Dafür fehlt Ihnen die nötige Rolle (Administration; für Verfahren auch Verfahrensgestaltung).",
                "You lack the role for this (administrator; for processes also designer).",
            ),
            AuthorityRejection::NameInvalid => Text::new(
                "Der Anmeldename besteht aus 1 bis 64 Kleinbuchstaben, Ziffern, Punkt, Bindestrich oder Unterstrich; der Name hat 1 bis 200 Zeichen.",
                "The login name has 1 to 64 lower-case letters, digits, dots, hyphens or underscores; the name has 1 to 200 characters.",
            ),
            AuthorityRejection::LastAdministrator => Text::new(
                "Mindestens eine aktive Person muss die Administration behalten.",
                "At least one active person must remain administrator.",
            ),
            AuthorityRejection::ProcessUnknown => {
                Text::new("Dieses Verfahren ist nicht im Einsatz.", "This process is not in use.")
            }
            AuthorityRejection::VersionTaken => Text::new(
                "Diese Version ist mit anderem Inhalt schon im Einsatz. Bitte die Version erhöhen.",
                "This version is in use with other content. Please raise the version.",
            ),
            AuthorityRejection::BlockOfAnother(block) => Text::new(
                format!(
                    "Den Baustein „{block}“ gibt es hier schon, und nicht von diesem Herausgeber: Seine neue Version käme in jedes Verfahren, das ihn verwendet. Der Herausgeber muss ihm einen anderen Namen geben. Wer ihn prüfen und verantworten will, installiert ihn als Ordner."
                ),
                format!(
                    "The block `{block}` is here already, and not from this publisher: its new version would come into each process that uses it. The publisher must call it otherwise. Whoever wants to examine it and answer for it installs it as a folder."
                ),
            ),
            AuthorityRejection::BlockUnknown => Text::new(
                "Diese Version des Bausteins ist nicht installiert.",
                "This version of the block is not installed.",
            ),
            AuthorityRejection::BlockInUse => Text::new(
                "Ein Verfahren im Einsatz verwendet diese Version des Bausteins. Nehmen Sie zuerst das Verfahren außer Betrieb, oder setzen Sie es mit einer anderen Version ein.",
                "A process in use needs this version of the block. Retire the process first, or deploy it with another version.",
            ),
            AuthorityRejection::TokenUnknown => Text::new(
                "Diesen Zugriffsschlüssel gibt es nicht, oder er ist widerrufen.",
                "There is no such token, or it was revoked.",
            ),
            AuthorityRejection::TokenInvalid => Text::new(
                "Ein Zugriffsschlüssel braucht eine Bezeichnung mit 1 bis 100 Zeichen und ein aktives Konto; er kann nur Rollen tragen, die das Konto selbst hat.",
                "A token needs a name of 1 to 100 characters and an active account; it can only carry roles that the account itself holds.",
            ),
            AuthorityRejection::SubstitutionInvalid => Text::new(
                "Eine Vertretung braucht zwei verschiedene Personen mit aktivem Konto und einen Zeitraum von höchstens einem Jahr; eine Behörde hat höchstens 1.000 laufende.",
                "A substitution needs two different people with active accounts and a period of at most a year; an authority has at most 1,000 of them.",
            ),
            AuthorityRejection::SubstitutionOverlaps => Text::new(
                "Diese Person vertritt dort an einem dieser Tage schon. Beenden Sie die eine Vertretung zuerst, oder wählen Sie andere Tage.",
                "This person stands in there on one of these days already. End that substitution first, or choose other days.",
            ),
            AuthorityRejection::SubstitutionUnknown => Text::new(
                "Diese Vertretung gibt es nicht, oder sie ist beendet.",
                "There is no such substitution, or it is over.",
            ),
            AuthorityRejection::KeyInvalid => Text::new(
                "Der neue Schlüssel hat 1 bis 500 Zeichen und ist ein anderer als der bisherige.",
                "The new key has 1 to 500 characters and is another one than before.",
            ),
            AuthorityRejection::ReasonInvalid => Text::new(
                "Bitte geben Sie eine Begründung mit höchstens 2.000 Zeichen an.",
                "Please give a reason of at most 2,000 characters.",
            ),
            AuthorityRejection::PolicyInvalid => Text::new(
                "Mindestens eine Art von Dokumenten muss erlaubt sein, und eine Obergrenze ist größer als 0.",
                "At least one kind of documents must be allowed, and a limit is more than 0.",
            ),
            AuthorityRejection::ProfileInvalid(field) => profile_text(field),
            AuthorityRejection::DayOffInvalid => Text::new(
                "Ein angeordneter Feiertag liegt in den Jahren 1990 bis 2199 und hat einen Namen mit 1 bis 100 Zeichen und die Vorschrift oder Anordnung, die ihn zum gesetzlichen Feiertag macht, mit 1 bis 200; eine Behörde hat höchstens 1.000.",
                "A holiday that was ordered lies in the years 1990 to 2199 and has a name of 1 to 100 characters and the provision or order that makes it a public holiday, of 1 to 200; an authority has at most 1,000 of them.",
            ),
            AuthorityRejection::DayOffUnknown => Text::new(
                "Dieser Tag ist kein freier Tag, den die Behörde selbst festgelegt hat.",
                "This day is no day off that the authority itself has set.",
            ),
            AuthorityRejection::LawTableUnknown => Text::new(
                "Diese Tabelle gibt es in den Rechtsdaten nicht.",
                "There is no such table in the legal data.",
            ),
            AuthorityRejection::LawRowUnknown => Text::new(
                "Diese Zeile hat die Behörde nicht selbst gesetzt.",
                "The authority has not set this row itself.",
            ),
            AuthorityRejection::LawRowTooLarge => Text::new(
                "Die Kennung einer Zeile hat 1 bis 80 Kleinbuchstaben, Ziffern und Bindestriche, die Zeile höchstens 20.000 Zeichen; eine Behörde hat höchstens 2.000 eigene.",
                "The id of a row has 1 to 80 small letters, digits and dashes, the row at most 20,000 characters; an authority has at most 2,000 of its own.",
            ),
            AuthorityRejection::LawRowInvalid(why) => why.clone(),
            AuthorityRejection::PublisherInvalid => Text::new(
                "Ein Herausgeber hat einen Namen mit 1 bis 200 Zeichen und einen öffentlichen Schlüssel aus 64 Ziffern 0–9 und a–f, zu dem es einen geheimen gibt; eine Behörde hat höchstens 200.",
                "A publisher has a name of 1 to 200 characters and a public key of 64 digits 0–9 and a–f that belongs to a private key; an authority has at most 200 of them.",
            ),
            AuthorityRejection::PublisherUnknown => Text::new(
                "Diesem Herausgeber vertraut die Behörde nicht; seine Pakete nimmt sie nicht an.",
                "The authority does not trust this publisher, and does not take its packages.",
            ),
            AuthorityRejection::RunUnknown => {
                Text::new("Diesen Sammellauf gibt es nicht.", "There is no such mass run.")
            }
            AuthorityRejection::RunInvalid => Text::new(
                "Ein Sammellauf hat eine Bezeichnung mit 1 bis 200 Zeichen und 1 bis 5.000 Vorgänge; höchstens 50 sind zugleich offen, und gezeichnet werden nur seine eigenen Vorgänge.",
                "A mass run has a title of 1 to 200 characters and 1 to 5,000 cases; at most 50 are open at once, and only its own cases are signed.",
            ),
            AuthorityRejection::RunNotAllowed => Text::new(
                "Dieser Sammellauf gehört zu einem Verfahren, für das keine Ihrer Rollen vorgesehen ist.",
                "This mass run belongs to a process that none of your roles takes part in.",
            ),
            AuthorityRejection::RunOtherPersonNeeded => Text::new(
                "Vier-Augen-Prinzip: Wer den Sammellauf angelegt oder begonnen hat, zeichnet ihn nicht. Eine andere Person muss es tun.",
                "Four-eyes: whoever planned or began the mass run does not sign it. Another person has to.",
            ),
            AuthorityRejection::RunElsewhere => Text::new(
                "Der Sammellauf ist inzwischen an einer anderen Stelle: begonnen, gezeichnet, angehalten oder beendet. Bitte neu laden.",
                "The mass run is elsewhere by now: begun, signed, stopped or ended. Please reload.",
            ),
            AuthorityRejection::RetentionInvalid => Text::new(
                "Eine Aufbewahrungsfrist hat 1 bis 200 Jahre und nennt die Vorschrift, aus der sie folgt (höchstens 200 Zeichen).",
                "A retention period has 1 to 200 years and names the provision that it follows from (at most 200 characters).",
            ),
        }
    }
}

/// What is wrong with a field of a profile.
fn profile_text(field: &str) -> Text {
    match field {
        "place" => Text::new(
            "Das Land fehlt, oder zur Gemeinde gehört eine Eigenschaft, die es dort nicht gibt.",
            "The Land is missing, or the municipality has a category that does not exist there.",
        ),
        "key" => Text::new(
            "Der Gemeindeschlüssel hat 2 Ziffern (Land), 5 (Landkreis) oder 8 (Gemeinde) und beginnt mit der Nummer des Landes (Sachsen-Anhalt: 15).",
            "The key of the area has 2 digits (Land), 5 (district) or 8 (municipality) and begins with the number of the Land (Saxony-Anhalt: 15).",
        ),
        "postal_code" => Text::new("Die Postleitzahl hat fünf Ziffern.", "The postal code has five digits."),
        "email" => Text::new("Das ist keine E-Mail-Adresse.", "This is not an e-mail address."),
        "iban" => Text::new(
            "Diese IBAN kann nicht stimmen: Die Prüfziffer passt nicht.",
            "This IBAN cannot be right: the check digits do not fit.",
        ),
        "bic" => Text::new(
            "Eine BIC hat 8 oder 11 Großbuchstaben und Ziffern.",
            "A BIC has 8 or 11 capital letters and digits.",
        ),
        "letterhead" => Text::new(
            "Der Briefkopf hat höchstens 8 Zeilen mit je 1 bis 200 Zeichen.",
            "The letterhead has at most 8 lines of 1 to 200 characters each.",
        ),
        "logo" | "seal" => Text::new(
            "Das ist kein Bild, das sich drucken lässt: ein PNG oder SVG mit höchstens 60 KB.",
            "This is no picture that can be printed: a PNG or SVG of at most 60 KB.",
        ),
        "superior" => Text::new(
            "Die Widerspruchsbehörde hat einen Namen (1 bis 200 Zeichen) und eine Anschrift mit höchstens 8 Zeilen.",
            "The authority that decides on objections has a name (1 to 200 characters) and an address of at most 8 lines.",
        ),
        _ => Text::new(
            format!(
                "Die Angabe „{}“ ist leer, hat mehr als 200 Zeichen oder mehr als eine Zeile.",
                titled(field).de
            ),
            format!(
                "What is said under “{}” is blank, longer than 200 characters or more than one line.",
                titled(field).en
            ),
        ),
    }
}

fn titled(field: &str) -> Text {
    let readable = super::profile::readable().into_iter().find(|(name, ..)| *name == field);
    let holder = || Text::new("Kontoinhaber", "account holder");
    readable.map_or_else(holder, |(_, title, _)| title)
}
