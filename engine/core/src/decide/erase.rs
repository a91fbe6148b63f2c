//! The way to the erasure of a case, and the erasure: the last thing that is ever decided about it. What the store does with
//! it is no matter of the case.

use std::sync::Arc;

use super::{Rejection, correct::check_reason, turn::Deciding};
use crate::{
    authority::{ADMINISTRATOR, Person},
    case::Status,
    event::Event,
    facts::day_of,
    keeping::KeepingRecord,
    words::{Date, PersonId, RoleId, Text, day_text, megabytes},
};

/// Why a case is not erased, or nothing recorded about its keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepingRefusal {
    /// It must not be erased.
    Held {
        /// Why.
        reason: Arc<str>,
    },
    /// There is no hold that could be lifted.
    NotHeld,
    /// The archive has not answered yet.
    ArchiveNotAnswered,
    /// It is offered already.
    OfferedAlready,
    /// It is not offered, or the archive has answered already.
    NotOffered,
    /// It is still to be kept.
    StillKept {
        /// Up to and with this day.
        until: Date,
    },
    /// The period for a remedy against an act is not over.
    RemedyOpen {
        /// Its last day.
        until: Date,
    },
    /// A remedy was sought in time, and nobody has said what came of it.
    RemedyPending,
    /// Somebody has asked for its erasure already.
    AskedAlready {
        /// Who.
        by: PersonId,
    },
    /// Nobody has asked for its erasure.
    NotAsked,
    /// A technical account neither asks for an erasure nor confirms it.
    AccountIsTechnical,
    /// Whoever asked for the erasure does not confirm it.
    OtherPersonNeeded,
    /// There is another administrator, who can confirm it.
    NotAlone,
    /// The documents of the case would have more bytes than the authority allows.
    NoRoom {
        /// So many they have.
        used: u64,
        /// So many the new one has.
        size: u64,
        /// So many may they have.
        at_most: u64,
    },
}

impl KeepingRefusal {
    /// Stable, for programs and scenarios.
    pub fn code(&self) -> &'static str {
        match self {
            KeepingRefusal::Held { .. } => "ErasureHeld",
            KeepingRefusal::NotHeld => "ErasureNotHeld",
            KeepingRefusal::ArchiveNotAnswered => "ArchiveNotAnswered",
            KeepingRefusal::OfferedAlready => "OfferedAlready",
            KeepingRefusal::NotOffered => "NotOffered",
            KeepingRefusal::StillKept { .. } => "CaseStillKept",
            KeepingRefusal::RemedyOpen { .. } => "RemedyPeriodOpen",
            KeepingRefusal::RemedyPending => "RemedyPending",
            KeepingRefusal::AskedAlready { .. } => "ErasureAskedAlready",
            KeepingRefusal::NotAsked => "ErasureNotAsked",
            KeepingRefusal::AccountIsTechnical => "ErasurePersonNeeded",
            KeepingRefusal::OtherPersonNeeded => "ErasureOtherPersonNeeded",
            KeepingRefusal::NotAlone => "ErasureNotAlone",
            KeepingRefusal::NoRoom { .. } => "CaseDocumentsFull",
        }
    }

    /// What the person who asked is told.
    pub fn text(&self) -> Text {
        match self {
            KeepingRefusal::Held { reason } => Text::new(
                format!(
                    "Für diesen Vorgang gilt eine Löschsperre ({reason}). Sie muss zuerst aufgehoben werden."
                ),
                format!(
                    "This case is on hold and must not be erased ({reason}). The hold has to be lifted first."
                ),
            ),
            KeepingRefusal::NotHeld => {
                Text::new("Für diesen Vorgang gilt keine Löschsperre.", "There is no hold on this case.")
            }
            KeepingRefusal::ArchiveNotAnswered => Text::new(
                "Das Archiv hat noch nicht geantwortet. Bitte den Vorgang zuerst anbieten und die Antwort vermerken.",
                "The archive has not answered yet. Please offer the case first and record the answer.",
            ),
            KeepingRefusal::OfferedAlready => Text::new(
                "Dieser Vorgang ist dem Archiv schon angeboten.",
                "This case has been offered to the archive already.",
            ),
            KeepingRefusal::NotOffered => Text::new(
                "Dieser Vorgang ist dem Archiv nicht angeboten, oder es hat schon geantwortet.",
                "This case is not offered to the archive, or the archive has answered already.",
            ),
            KeepingRefusal::StillKept { until } => {
                let day = day_text(*until);
                Text::new(
                    format!(
                        "Dieser Vorgang ist noch bis zum {} aufzubewahren. Bitte angeben, warum er ausnahmsweise schon jetzt gelöscht wird.",
                        day.de
                    ),
                    format!(
                        "This case is to be kept until {}. Please say why it is erased already now by way of exception.",
                        day.en
                    ),
                )
            }
            KeepingRefusal::RemedyOpen { until } => {
                let day = day_text(*until);
                Text::new(
                    format!(
                        "Gegen einen Bescheid dieses Vorgangs kann noch bis zum {} ein Rechtsbehelf eingelegt werden. Bis dahin wird er nicht gelöscht, auch nicht ausnahmsweise.",
                        day.de
                    ),
                    format!(
                        "A remedy against an act of this case can still be sought until {}. Until then it is not erased, not by way of exception either.",
                        day.en
                    ),
                )
            }
            KeepingRefusal::RemedyPending => Text::new(
                "Gegen einen Bescheid dieses Vorgangs ist rechtzeitig ein Rechtsbehelf eingelegt worden. Ist darüber unanfechtbar entschieden oder hat er sich erledigt, bitte das als Grund der Ausnahme angeben.",
                "A remedy against an act of this case was sought in time. If it has been finally decided or is settled, please say so as the reason for the exception.",
            ),
            KeepingRefusal::AskedAlready { by } => Text::new(
                format!("Die Löschung hat {by} schon beantragt; eine andere Person muss sie bestätigen."),
                format!("{by} has asked for the erasure already; another person has to confirm it."),
            ),
            KeepingRefusal::NotAsked => Text::new(
                "Die Löschung dieses Vorgangs ist nicht beantragt. Bitte zuerst beantragen; eine zweite Person aus der Administration bestätigt dann.",
                "Nobody has asked for the erasure of this case. Please ask for it first; a second administrator then confirms it.",
            ),
            KeepingRefusal::AccountIsTechnical => Text::new(
                "Ein technisches Konto kann eine Löschung weder beantragen noch bestätigen. Das muss eine Person aus der Administration tun, die sich selbst anmeldet.",
                "A technical account can neither ask for an erasure nor confirm it. An administrator who logs in themselves has to.",
            ),
            KeepingRefusal::OtherPersonNeeded => Text::new(
                "Wer die Löschung beantragt hat, kann sie nicht bestätigen (Vier-Augen-Prinzip). Das muss eine zweite Person aus der Administration tun. Gibt es keine, ist anzugeben, warum ausnahmsweise allein gelöscht wird.",
                "Whoever asked for the erasure cannot confirm it (four-eyes). A second administrator has to. If there is none, say why it is erased alone by way of exception.",
            ),
            KeepingRefusal::NoRoom { used, size, at_most } => {
                let [used, size, most] = [used, size, at_most].map(|bytes| megabytes(*bytes));
                Text::new(
                    format!(
                        "Die Dokumente dieses Vorgangs haben zusammen schon {}; mit diesem ({}) wären es mehr als die {}, die Ihre Behörde für einen Vorgang erlaubt. Bitte das Dokument kleiner speichern (zum Beispiel mit geringerer Auflösung scannen), oder die Administration um eine höhere Grenze bitten.",
                        used.de, size.de, most.de
                    ),
                    format!(
                        "The documents of this case have {} already; with this one ({}) it would be more than the {} that your authority allows for a case. Please save the document smaller (for example scan it with a lower resolution), or ask an administrator for a higher limit.",
                        used.en, size.en, most.en
                    ),
                )
            }
            KeepingRefusal::NotAlone => Text::new(
                "Es gibt eine zweite Person in der Administration. Sie muss die Löschung bestätigen.",
                "There is a second administrator, who has to confirm the erasure.",
            ),
        }
    }
}

impl From<KeepingRefusal> for Rejection {
    fn from(refusal: KeepingRefusal) -> Self {
        Rejection::Keeping(refusal)
    }
}

impl Deciding<'_> {
    /// That the documents of the case may have so many more bytes.
    pub fn need_room_for(&self, size: u64) -> Result<(), Rejection> {
        let Some(at_most) = self.facts.keeping.case_bytes else { return Ok(()) };
        let used = self.case.documents.values().map(|document| document.content.size).sum::<u64>();
        let fits = used.saturating_add(size) <= at_most;
        if fits { Ok(()) } else { Err(KeepingRefusal::NoRoom { used, size, at_most }.into()) }
    }

    /// Records something about the keeping of the case.
    pub fn keep_record(&mut self, record: &KeepingRecord) -> Result<(), Rejection> {
        let by = self.administrator()?;
        let keeping = &self.case.keeping;
        match record {
            KeepingRecord::Hold { reason } => check_reason(reason)?,
            KeepingRecord::Lift { reason } => {
                check_reason(reason)?;
                keeping.hold.as_ref().ok_or(KeepingRefusal::NotHeld)?;
            }
            KeepingRecord::Offer {} if keeping.offer.is_some() => {
                return Err(KeepingRefusal::OfferedAlready.into());
            }
            KeepingRecord::Offer {} => {}
            KeepingRecord::Answer { .. } => {
                keeping.offer.filter(|offer| offer.answer.is_none()).ok_or(KeepingRefusal::NotOffered)?;
            }
            KeepingRecord::Ask { reason, exception } => {
                check_reason(reason)?;
                exception.as_deref().map_or(Ok(()), check_reason)?;
                self.need_own_account(&by)?;
                if let Some(asked) = &keeping.asked {
                    return Err(KeepingRefusal::AskedAlready { by: asked.by.clone() }.into());
                }
                self.check_erasable(exception.is_some())?;
            }
            KeepingRecord::Withdraw { reason } => {
                check_reason(reason)?;
                keeping.asked.as_ref().ok_or(KeepingRefusal::NotAsked)?;
            }
        }
        self.record(Event::KeepingRecorded { by, record: record.clone() });
        Ok(())
    }

    /// Erases the case: another person asked for it. `alone`: why the same person confirms it, possible only where there is
    /// no other.
    pub fn erase(&mut self, alone: Option<&Arc<str>>) -> Result<(), Rejection> {
        let by = self.administrator()?;
        self.need_own_account(&by)?;
        let asked = self.case.keeping.asked.clone().ok_or(KeepingRefusal::NotAsked)?;
        match alone {
            Some(why) => {
                check_reason(why)?;
                let mut others = self.facts.people.iter().filter(|(person, _)| **person != by);
                let confirms = |(id, it): (&PersonId, &Person)| {
                    it.active && it.roles.contains(ADMINISTRATOR) && self.facts.persons.contains(id)
                };
                if asked.by != by || others.any(confirms) {
                    return Err(KeepingRefusal::NotAlone.into());
                }
            }
            None if asked.by == by => return Err(KeepingRefusal::OtherPersonNeeded.into()),
            None => {}
        }
        // Since it was asked for, a hold may have come, or a longer period.
        self.check_erasable(asked.exception.is_some())?;
        self.record(Event::CaseErased {
            by,
            asked_by: asked.by,
            reason: asked.reason,
            exception: asked.exception,
            alone: alone.cloned(),
        });
        Ok(())
    }

    fn administrator(&self) -> Result<PersonId, Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        let administers = self.facts.roles.contains(&RoleId::from(ADMINISTRATOR));
        if administers { Ok(by) } else { Err(Rejection::AdministratorNeeded) }
    }

    /// Four eyes are those of people: what a program does is done by whoever runs it, and that may be the same one again.
    fn need_own_account(&self, by: &PersonId) -> Result<(), Rejection> {
        let logs_in = self.facts.persons.contains(by);
        if logs_in { Ok(()) } else { Err(KeepingRefusal::AccountIsTechnical.into()) }
    }

    /// By way of exception a case is erased that goes on, is to be kept, or in which a remedy was sought; never one that is
    /// held, that the archive must see first, or against which a remedy can still be sought.
    fn check_erasable(&self, exception: bool) -> Result<(), Rejection> {
        let keeping = &self.case.keeping;
        if let Some(hold) = &keeping.hold {
            return Err(KeepingRefusal::Held { reason: hold.reason.clone() }.into());
        }
        let answered = keeping.offer.is_some_and(|offer| offer.answer.is_some());
        if self.facts.keeping.archive_first && !answered {
            return Err(KeepingRefusal::ArchiveNotAnswered.into());
        }
        if let Some(until) = self.case.remedy_open_until().filter(|until| *until >= self.facts.today) {
            return Err(KeepingRefusal::RemedyOpen { until }.into());
        }
        match (&self.case.status, &self.facts.keeping.retention) {
            _ if exception => Ok(()),
            (Status::Ended { .. }, _) if self.case.has_remedy() => Err(KeepingRefusal::RemedyPending.into()),
            (Status::Open, _) => Err(Rejection::CaseGoesOn),
            (Status::Ended { at, .. }, Some(retention)) => {
                let until = retention.last_day(day_of(*at));
                if until < self.facts.today {
                    Ok(())
                } else {
                    Err(KeepingRefusal::StillKept { until }.into())
                }
            }
            (Status::Ended { .. }, None) => Ok(()),
        }
    }
}
