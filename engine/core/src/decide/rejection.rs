//! Why something is not allowed now. Nothing changed; the person who asked is told.

use std::sync::Arc;

use super::{deadline_change::DeadlineRefusal, erase::KeepingRefusal, errand::ErrandRefusal};
use crate::{
    facts::CounterKey,
    schema::Misfit,
    words::{Date, PersonId, ReleaseId, RoleId, Text, day_text},
};

/// Why there is no turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not allowed; whoever asked must be told.
    Rejected(Rejection),
    /// A number must be drawn: put the last value of this counter into the facts and decide again.
    NumberNeeded(CounterKey),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Refusal::Rejected(rejection)
    }
}

/// Why a command is not allowed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such case.
    CaseUnknown,
    /// A case with this id exists.
    CaseExists,
    /// The case has ended.
    CaseEnded,
    /// The release is not the one to decide with.
    ReleaseUnknown {
        /// Which was asked for.
        release: ReleaseId,
    },
    /// The turn would be before the last one of the case.
    ClockBackwards,
    /// Cases of this process begin by themselves, by a message or by a call, not by hand.
    StartNotByHand,
    /// The task is not open: done already, ended by something else, or never there.
    TaskNotOpen,
    /// Another person has taken the task.
    ClaimedByAnother {
        /// Who.
        person: PersonId,
    },
    /// The role for the task is missing.
    MissingRole {
        /// Which.
        role: RoleId,
    },
    /// The person did an earlier step that excludes them (four-eyes).
    FourEyes,
    /// Only a person can do this.
    PersonNeeded,
    /// Only the engine or a connector can do this.
    NotForPersons,
    /// The person holds no role of this process.
    NoPartInProcess,
    /// Values do not fit.
    ValuesInvalid {
        /// Which and why.
        misfits: Vec<Misfit>,
    },
    /// What the form showed has been changed meanwhile.
    Stale,
    /// The letters that were shown to whoever signs would say something else by now.
    LettersChanged,
    /// A letter that comes of it cannot be made.
    LettersFail {
        /// Why.
        why: Text,
    },
    /// More letters come of it than can be signed at once.
    LettersTooMany,
    /// A day lies before anything that can still come in.
    DayTooEarly {
        /// Which.
        day: Date,
    },
    /// A day lies in the future.
    DayInFuture {
        /// Which.
        day: Date,
    },
    /// A note is blank or too long.
    NoteInvalid,
    /// The title of a document is blank or too long.
    TitleInvalid,
    /// There is no such document.
    DocumentUnknown,
    /// The document was taken out of the file.
    DocumentTakenOut,
    /// The document belongs into this file.
    DocumentStays {
        /// Why.
        why: Text,
    },
    /// The document does not leave the house.
    DocumentNotOutgoing,
    /// Its dispatch is recorded already.
    DispatchedAlready,
    /// Its dispatch is not recorded yet.
    NotDispatched,
    /// Its receipt is recorded already.
    ReceiptRecordedAlready,
    /// The dispatch cannot be as told: before the document was made, or in a way that the law does not know.
    DispatchInvalid {
        /// Why.
        why: Text,
    },
    /// Whether an act counts as granted by silence is not to be said so, or only by whoever may correct.
    FictionNotRuled {
        /// Why.
        why: Text,
    },
    /// A message with this id has come already.
    MessageRepeated,
    /// The name of the message is blank or too long.
    MessageInvalid,
    /// The case takes no more: too many kept messages, too many events, too many bytes.
    CaseFull {
        /// The name of the limit.
        limit: &'static str,
        /// So much is possible.
        at_most: u64,
    },
    /// The deadline or timer was set anew or is over.
    TimerStale,
    /// The ad-hoc group cannot begin this step now.
    StepNotPossible {
        /// Why.
        why: Text,
    },
    /// The ad-hoc group cannot be finished now.
    GroupNotFinished {
        /// Why.
        why: Text,
    },
    /// There is no such reaction now.
    TriggerNotPossible,
    /// A reason is missing or too long.
    ReasonInvalid,
    /// Only whoever may correct (role with `corrects`, or administrator) can do this.
    CorrectionNotAllowed,
    /// Only an administrator can do this.
    AdministratorNeeded,
    /// The case goes on.
    CaseGoesOn,
    /// The case has ended, but something that it sends has not arrived.
    CaseStillSends,
    /// The step is not active any more.
    StepNotActive,
    /// A step that another person must do cannot be skipped.
    FourEyesNotSkipped,
    /// It must be said by which outcome a step is left.
    OutcomeNeeded {
        /// The possible ones; none: the step cannot be skipped.
        outcomes: Vec<Arc<str>>,
    },
    /// The case cannot go back there.
    MoveNotPossible {
        /// Why.
        why: Text,
    },
    /// A period at whose end something counts as granted cannot be left behind by hand.
    PeriodGrants {
        /// Why.
        why: Text,
    },
    /// The task cannot be taken back any more: something has come of it.
    TakeBackNotPossible,
    /// Another person did the task.
    NotYourTask {
        /// Who.
        person: PersonId,
    },
    /// The result belongs to an earlier round.
    EffectStale,
    /// A party cannot be as told.
    PartyInvalid {
        /// Why.
        why: Text,
    },
    /// No such party takes part, or none that the act is for.
    PartyUnknown,
    /// There is no such act, or it is not issued.
    ActUnknown,
    /// A remedy cannot be as told.
    RemedyInvalid {
        /// Why.
        why: Text,
    },
    /// A letter cannot be sent anew now.
    LetterNotSentAnew {
        /// Why.
        why: Text,
    },
    /// The act cannot be corrected now.
    ActNotCorrected {
        /// Why.
        why: Text,
    },
    /// There is no such open incident.
    IncidentUnknown {
        /// Its number.
        incident: u32,
    },
    /// An errand or a letter beside the steps is not possible so.
    Errand(ErrandRefusal),
    /// A deadline cannot be changed so.
    Deadline(DeadlineRefusal),
    /// The case is not erased, or nothing recorded about its keeping.
    Keeping(KeepingRefusal),
    /// A case cannot be merged into itself.
    MergeIntoItself,
    /// The case is being merged into another one already.
    MergeUnderWay,
    /// Only items of the incoming post are handed on.
    NotAnItem,
    /// The item is being handed on already.
    ItemUnderWay,
    /// Nobody has confirmed the day of receipt of the item.
    DayUnconfirmed,
    /// Of an item that is split some documents go and some stay.
    SplitNotPossible,
}

impl Rejection {
    /// Stable, for programs and scenarios.
    pub fn code(&self) -> &'static str {
        match self {
            Rejection::CaseUnknown => "CaseUnknown",
            Rejection::AdministratorNeeded => "AdministratorNeeded",
            Rejection::CaseGoesOn => "CaseGoesOn",
            Rejection::CaseStillSends => "CaseStillSends",
            Rejection::CaseExists => "CaseExists",
            Rejection::CaseEnded => "CaseEnded",
            Rejection::ReleaseUnknown { .. } => "ReleaseUnknown",
            Rejection::ClockBackwards => "ClockBackwards",
            Rejection::StartNotByHand => "StartNotByHand",
            Rejection::TaskNotOpen => "TaskNotOpen",
            Rejection::ClaimedByAnother { .. } => "ClaimedByAnother",
            Rejection::MissingRole { .. } => "MissingRole",
            Rejection::FourEyes => "FourEyes",
            Rejection::PersonNeeded => "PersonNeeded",
            Rejection::NotForPersons => "NotForPersons",
            Rejection::NoPartInProcess => "NoPartInProcess",
            Rejection::ValuesInvalid { .. } => "ValuesInvalid",
            Rejection::Stale => "Stale",
            Rejection::LettersChanged => "LettersChanged",
            Rejection::LettersTooMany => "LettersTooMany",
            Rejection::LettersFail { .. } => "LettersFail",
            Rejection::DayInFuture { .. } => "DayInFuture",
            Rejection::DayTooEarly { .. } => "DayTooEarly",
            Rejection::NoteInvalid => "NoteInvalid",
            Rejection::TitleInvalid => "TitleInvalid",
            Rejection::DocumentUnknown => "DocumentUnknown",
            Rejection::DocumentTakenOut => "DocumentTakenOut",
            Rejection::DocumentStays { .. } => "DocumentStays",
            Rejection::DocumentNotOutgoing => "DocumentNotOutgoing",
            Rejection::DispatchedAlready => "DispatchedAlready",
            Rejection::NotDispatched => "NotDispatched",
            Rejection::ReceiptRecordedAlready => "ReceiptRecordedAlready",
            Rejection::DispatchInvalid { .. } => "DispatchInvalid",
            Rejection::FictionNotRuled { .. } => "FictionNotRuled",
            Rejection::MessageRepeated => "MessageRepeated",
            Rejection::MessageInvalid => "MessageInvalid",
            Rejection::CaseFull { .. } => "CaseFull",
            Rejection::TimerStale => "TimerStale",
            Rejection::StepNotPossible { .. } => "StepNotPossible",
            Rejection::GroupNotFinished { .. } => "GroupNotFinished",
            Rejection::TriggerNotPossible => "TriggerNotPossible",
            Rejection::ReasonInvalid => "ReasonInvalid",
            Rejection::CorrectionNotAllowed => "CorrectionNotAllowed",
            Rejection::StepNotActive => "StepNotActive",
            Rejection::FourEyesNotSkipped => "FourEyesNotSkipped",
            Rejection::OutcomeNeeded { .. } => "OutcomeNeeded",
            Rejection::MoveNotPossible { .. } => "MoveNotPossible",
            Rejection::PeriodGrants { .. } => "PeriodGrants",
            Rejection::TakeBackNotPossible => "TakeBackNotPossible",
            Rejection::NotYourTask { .. } => "NotYourTask",
            Rejection::EffectStale => "EffectStale",
            Rejection::PartyInvalid { .. } => "PartyInvalid",
            Rejection::PartyUnknown => "PartyUnknown",
            Rejection::ActUnknown => "ActUnknown",
            Rejection::RemedyInvalid { .. } => "RemedyInvalid",
            Rejection::LetterNotSentAnew { .. } => "LetterNotSentAnew",
            Rejection::ActNotCorrected { .. } => "ActNotCorrected",
            Rejection::IncidentUnknown { .. } => "IncidentUnknown",
            Rejection::Errand(refusal) => refusal.code(),
            Rejection::Deadline(refusal) => refusal.code(),
            Rejection::Keeping(refusal) => refusal.code(),
            Rejection::MergeIntoItself => "MergeIntoItself",
            Rejection::MergeUnderWay => "MergeUnderWay",
            Rejection::NotAnItem => "NotAnItem",
            Rejection::ItemUnderWay => "ItemUnderWay",
            Rejection::DayUnconfirmed => "DayUnconfirmed",
            Rejection::SplitNotPossible => "SplitNotPossible",
        }
    }

    /// Whether it is for lack of a right (else the state of the case stands against it).
    pub fn is_forbidden(&self) -> bool {
        matches!(
            self,
            Rejection::MissingRole { .. }
                | Rejection::FourEyes
                | Rejection::PersonNeeded
                | Rejection::NotForPersons
                | Rejection::NoPartInProcess
                | Rejection::AdministratorNeeded
                | Rejection::Keeping(
                    KeepingRefusal::AccountIsTechnical
                        | KeepingRefusal::OtherPersonNeeded
                        | KeepingRefusal::NotAlone
                )
                | Rejection::Errand(ErrandRefusal::NotYours { .. })
        )
    }

    /// What the person who asked is told: what, why, what to do.
    pub fn text(&self) -> Text {
        match self {
            Rejection::CaseUnknown => Text::new("Diesen Vorgang gibt es nicht.", "There is no such case."),
            Rejection::CaseExists => Text::new("Diesen Vorgang gibt es schon.", "This case exists already."),
            Rejection::CaseEnded => Text::new("Der Vorgang ist abgeschlossen.", "The case has ended."),
            Rejection::ReleaseUnknown { .. } => Text::new(
                "Diese Version des Verfahrens ist nicht im Einsatz.",
                "This release of the process is not in use.",
            ),
            Rejection::ClockBackwards => Text::new(
                "Die Uhr des Servers geht nach; bitte die Administration verständigen.",
                "The clock of the server is behind; please tell the administrator.",
            ),
            Rejection::TaskNotOpen => Text::new(
                "Diese Aufgabe ist nicht mehr offen. Vielleicht hat sie schon jemand erledigt; der Vorgang zeigt den Stand.",
                "This task is no longer open. Somebody may have done it already; the case shows how things stand.",
            ),
            Rejection::ClaimedByAnother { person } => Text::new(
                format!(
                    "Die Aufgabe hat {person} übernommen. Bei Bedarf kann sie dort zurückgegeben werden."
                ),
                format!("The task has been taken by {person}, who can give it back."),
            ),
            Rejection::MissingRole { role } => Text::new(
                format!("Für diese Aufgabe ist die Rolle „{role}“ nötig."),
                format!("This task needs the role `{role}`."),
            ),
            Rejection::FourEyes => Text::new(
                "Vier-Augen-Prinzip: Wer hieran schon mitgewirkt hat – auch wer danach Angaben, den Tag des Eingangs oder Beteiligte geändert hat –, darf diesen Schritt nicht selbst vornehmen. Eine andere Person muss ihn übernehmen.",
                "Four-eyes: whoever has had a hand in this – also by changing data, the day of receipt or parties since – may not take this step. Another person has to.",
            ),
            Rejection::PersonNeeded => {
                Text::new("Das kann nur eine Person tun.", "Only a person can do this.")
            }
            Rejection::NotForPersons => {
                Text::new("Das kann nur das System selbst tun.", "Only the system itself can do this.")
            }
            Rejection::NoPartInProcess => Text::new(
                "Für dieses Verfahren ist keine Ihrer Rollen vorgesehen.",
                "None of your roles takes part in this process.",
            ),
            Rejection::ValuesInvalid { misfits } => {
                let list = |pick: fn(&Text) -> &str| {
                    let parts: Vec<String> = misfits
                        .iter()
                        .take(5)
                        .map(|misfit| {
                            format!("{}: {}", misfit.at.trim_start_matches('/'), pick(&misfit.message))
                        })
                        .collect();
                    parts.join(" ")
                };
                Text::new(
                    format!("Einige Angaben passen nicht. {}", list(|text| &text.de)),
                    format!("Some values do not fit. {}", list(|text| &text.en)),
                )
            }
            Rejection::LettersFail { why } => Text::new(
                format!(
                    "So käme das Schreiben nicht zustande; gezeichnet ist nichts. {} Bitte erst die Angaben berichtigen lassen.",
                    why.de
                ),
                format!(
                    "The letter could not be made like that; nothing is signed. {} Please have the values put right first.",
                    why.en
                ),
            ),
            Rejection::LettersTooMany => Text::new(
                "Aus dieser Zeichnung entstehen mehr Schreiben, als sich auf einmal prüfen lassen. Bitte den Vorgang teilen, oder weniger Beteiligte je Bescheid.",
                "More letters come of this signature than can be looked at at once. Please split the case, or let each act have fewer parties.",
            ),
            Rejection::LettersChanged => Text::new(
                "Das Schreiben hat sich geändert, seit es hier angezeigt wurde. Bitte noch einmal ansehen und dann zeichnen.",
                "The letter has changed since it was shown here. Please look at it once more, then sign.",
            ),
            Rejection::Stale => Text::new(
                "Die angezeigten Angaben wurden inzwischen geändert. Bitte neu laden und noch einmal prüfen; Ihre Eingaben bleiben erhalten.",
                "What was shown has been changed meanwhile. Please reload and check again; your entries are kept.",
            ),
            Rejection::DayTooEarly { day } => Text::new(
                format!("{day}: Das kann nicht der Tag sein. Bitte das Jahr mit vier Ziffern angeben."),
                format!("{day}: this cannot be the day. Please write the year with four digits."),
            ),
            Rejection::DayInFuture { day } => {
                let day = day_text(*day);
                Text::new(
                    format!("{} liegt in der Zukunft.", day.de),
                    format!("{} lies in the future.", day.en),
                )
            }
            Rejection::NoteInvalid => Text::new(
                "Der Vermerk ist leer oder länger als 20 000 Zeichen.",
                "The note is blank or longer than 20,000 characters.",
            ),
            Rejection::TitleInvalid => Text::new(
                "Der Titel des Dokuments ist leer oder länger als 300 Zeichen.",
                "The title of the document is blank or longer than 300 characters.",
            ),
            Rejection::DocumentUnknown => Text::new(
                "Dieses Dokument gibt es im Vorgang nicht.",
                "There is no such document in the case.",
            ),
            Rejection::DocumentTakenOut => Text::new(
                "Dieses Dokument ist der Akte entnommen worden. Wann, von wem und warum, steht bei den Dokumenten des Vorgangs.",
                "This document was taken out of the file. When, by whom and why is told among the documents of the case.",
            ),
            Rejection::DocumentStays { why } => Text::new(
                format!("Dieses Dokument gehört in diese Akte und kann nicht entnommen werden. {}", why.de),
                format!("This document belongs into this file and cannot be taken out. {}", why.en),
            ),
            Rejection::DocumentNotOutgoing => Text::new(
                "Dieses Dokument ist kein ausgehendes Schreiben, oder es wird nicht mehr versandt, weil ein anderes an seine Stelle getreten ist.",
                "This document is not an outgoing letter, or it is not sent any more, because another one stands in for it.",
            ),
            Rejection::DispatchedAlready => Text::new(
                "Der Versand dieses Schreibens ist schon vermerkt.",
                "The dispatch of this letter is recorded already.",
            ),
            Rejection::NotDispatched => Text::new(
                "Der Versand dieses Schreibens ist noch nicht vermerkt; der Zugang lässt sich erst danach vermerken.",
                "The dispatch of this letter is not recorded yet; its receipt can be recorded only then.",
            ),
            Rejection::ReceiptRecordedAlready => Text::new(
                "Der nachgewiesene Zugang dieses Schreibens ist schon vermerkt.",
                "The proven receipt of this letter is recorded already.",
            ),
            Rejection::DispatchInvalid { why } | Rejection::FictionNotRuled { why } => why.clone(),
            Rejection::MessageRepeated => {
                Text::new("Diese Nachricht ist schon eingegangen.", "This message has come in already.")
            }
            Rejection::MessageInvalid => Text::new(
                "Die Nachricht hat keinen brauchbaren Namen (höchstens 100 Bytes).",
                "The message has no usable name (at most 100 bytes).",
            ),
            Rejection::CaseFull { limit, at_most } => Text::new(
                format!(
                    "Der Vorgang nimmt nichts mehr auf: Die Grenze „{limit}“ ({at_most}) ist erreicht. Nachrichten, auf die niemand wartet, zuerst abarbeiten; sonst den Vorgang von Hand beenden."
                ),
                format!(
                    "The case takes no more: the limit `{limit}` ({at_most}) is reached. First deal with messages that nobody waits for; else end the case by hand."
                ),
            ),
            Rejection::StepNotPossible { why }
            | Rejection::GroupNotFinished { why }
            | Rejection::MoveNotPossible { why }
            | Rejection::PeriodGrants { why }
            | Rejection::PartyInvalid { why }
            | Rejection::RemedyInvalid { why }
            | Rejection::LetterNotSentAnew { why }
            | Rejection::ActNotCorrected { why } => why.clone(),
            Rejection::PartyUnknown => Text::new(
                "Ein solcher Beteiligter nimmt an diesem Vorgang oder Bescheid nicht teil.",
                "No such party takes part in this case or act.",
            ),
            Rejection::ActUnknown => Text::new(
                "Einen solchen Bescheid gibt es in diesem Vorgang nicht, oder er ist nicht erlassen.",
                "The case has no such act, or it is not issued.",
            ),
            Rejection::StartNotByHand => Text::new(
                "Vorgänge dieses Verfahrens beginnen von selbst, durch eine Nachricht oder aus einem anderen Vorgang, nicht von Hand.",
                "Cases of this process begin by themselves, by a message or from another case, not by hand.",
            ),
            Rejection::CorrectionNotAllowed => Text::new(
                "Das darf nur, wer Vorgänge berichtigen darf (Rolle des Verfahrens oder Administration).",
                "Only whoever may correct cases can do this (a role of the process, or an administrator).",
            ),
            Rejection::AdministratorNeeded => {
                Text::new("Das darf nur die Administration.", "Only an administrator can do this.")
            }
            Rejection::CaseGoesOn => Text::new(
                "Der Vorgang ist noch nicht abgeschlossen. Bitte zuerst beenden, oder angeben, warum er ausnahmsweise schon jetzt gelöscht wird.",
                "The case has not ended. Please end it first, or say why it is erased already now by way of exception.",
            ),
            Rejection::CaseStillSends => Text::new(
                "Etwas, das dieser Vorgang verschickt, ist noch nicht angekommen. Bitte später noch einmal versuchen, oder angeben, warum er ausnahmsweise schon jetzt gelöscht wird.",
                "Something that this case sends has not arrived yet. Please try again later, or say why it is erased already now by way of exception.",
            ),
            Rejection::StepNotActive => {
                Text::new("Dieser Schritt ist nicht mehr offen.", "This step is no longer open.")
            }
            Rejection::FourEyesNotSkipped => Text::new(
                "Was eine zweite Person prüfen muss, kann nicht übersprungen werden. Möglich ist, zu einem früheren Schritt zurückzugehen.",
                "What a second person must check cannot be skipped. It is possible to go back to an earlier step.",
            ),
            Rejection::OutcomeNeeded { outcomes } if outcomes.is_empty() => {
                Text::new("Dieser Schritt kann nicht übersprungen werden.", "This step cannot be skipped.")
            }
            Rejection::OutcomeNeeded { outcomes } => Text::new(
                format!("Bitte angeben, wie es weitergeht: {}.", outcomes.join(", ")),
                format!("Please say how it goes on: {}.", outcomes.join(", ")),
            ),
            Rejection::TakeBackNotPossible => Text::new(
                "Diese Aufgabe kann nicht mehr zurückgenommen werden: Es ist schon daran weitergearbeitet oder etwas verschickt worden.",
                "This task cannot be taken back any more: work has gone on from it, or something was sent.",
            ),
            Rejection::NotYourTask { person } => Text::new(
                format!("Diese Aufgabe hat {person} erledigt; nur diese Person kann sie zurücknehmen."),
                format!("{person} did this task; only this person can take it back."),
            ),
            Rejection::TriggerNotPossible => Text::new(
                "Das ist in diesem Stand des Vorgangs nicht möglich.",
                "This is not possible as the case stands.",
            ),
            Rejection::ReasonInvalid => Text::new(
                "Es fehlt eine Begründung (höchstens 2000 Zeichen).",
                "A reason is missing (at most 2,000 characters).",
            ),
            Rejection::TimerStale => Text::new(
                "Diese Frist wurde neu berechnet oder ist nicht mehr gesetzt.",
                "This deadline was set anew or is no longer set.",
            ),
            Rejection::EffectStale => Text::new(
                "Das Ergebnis gehört zu einem früheren Versuch.",
                "The result belongs to an earlier round.",
            ),
            Rejection::IncidentUnknown { incident } => Text::new(
                format!("Eine offene Störung Nr. {incident} gibt es in diesem Vorgang nicht."),
                format!("The case has no open incident no. {incident}."),
            ),
            Rejection::Errand(refusal) => refusal.text(),
            Rejection::Deadline(refusal) => refusal.text(),
            Rejection::Keeping(refusal) => refusal.text(),
            Rejection::MergeIntoItself => Text::new(
                "Ein Vorgang lässt sich nicht mit sich selbst verbinden. Bitte einen anderen Vorgang wählen.",
                "A case cannot be merged into itself. Please choose another case.",
            ),
            Rejection::MergeUnderWay => Text::new(
                "Dieser Vorgang wird gerade schon mit einem anderen verbunden; bitte warten, bis der ihn übernommen hat.",
                "This case is being merged into another one already; please wait until that one has taken it over.",
            ),
            Rejection::NotAnItem => Text::new(
                "Das ist kein Eingang, sondern ein Vorgang; zuordnen lassen sich nur Eingänge.",
                "This is no item of the post but a case; only items are assigned.",
            ),
            Rejection::ItemUnderWay => Text::new(
                "Dieser Eingang wird gerade schon einem Vorgang übergeben, vielleicht von jemand anderem. Bitte die Liste neu laden.",
                "This item is being handed on to a case already, perhaps by somebody else. Please load the list anew.",
            ),
            Rejection::DayUnconfirmed => Text::new(
                "Der Tag des Eingangs ist nur ein Vorschlag. Bitte zuerst am Eingang bestätigen oder berichtigen: Nach ihm richten sich Fristen.",
                "The day of receipt is only a proposal. Please confirm or correct it at the item first: deadlines follow from it.",
            ),
            Rejection::SplitNotPossible => Text::new(
                "Beim Aufteilen geht mindestens ein Dokument in den neuen Eingang, und mindestens eines bleibt.",
                "When an item is split, at least one document goes into the new item and at least one stays.",
            ),
        }
    }
}
