//! What silence grants (Genehmigungsfiktion, § 42a VwVfG): an act comes to be when its deadline ends before anything is decided,
//! nothing is decided about it afterwards, and the deadline is extended only by a letter that tells it before its end.

use std::sync::Arc;

use fachwerk_deadlines::Period;
use serde_json::json;

use super::{
    Rejection,
    extension::clocks_extended_by,
    fiction_doubt::Doubt,
    turn::{Deciding, trouble},
};
use crate::{
    act::{Act, ActContent, Decides},
    case::{Case, Clock},
    definition::{ActKind, FictionKind, Release, Sphere},
    event::{
        ActDeemed, Because, Deadline, Direction, Document, Event, Fiction, LettersWithdrawn,
        RemedyPeriodRecomputed, Trouble,
    },
    party::Party,
    words::{Date, InstanceId, StepPath, Text, day_text},
};

/// What the decision of an act that silence has granted is, in the words of processes.
const GRANTED: &str = "granted";

/// The period for a remedy when nobody was told of it (§ 58 Abs. 2 VwGO).
const WITHOUT_INSTRUCTION: &str = "1 year";

/// Whether a letter that stays in the house does because silence has decided: it may have left before, and that be recorded later.
pub fn stays_for_silence(release: &Release, case: &Case, document: &Document) -> bool {
    let unsent = document.content.direction == Direction::Internal && document.dispatch.is_none();
    let decides = || {
        case.acts_of_document(document.number).into_iter().any(|(number, _)| {
            let act = case.acts.get(&number).filter(|act| act.deemed.is_none());
            let clock = act.and_then(|act| case.clock_of(act.decides()?));
            clock.is_some_and(|(_, clock)| case.deemed_by(clock).is_some())
        })
    };
    let extends = || {
        let clocks = clocks_extended_by(release, case, document);
        clocks.iter().any(|(_, clock, _)| case.deemed_by(clock).is_some())
    };
    unsent && (decides() || extends())
}

/// The acts of which nobody has said whether silence has granted them, each with the day since when it would have: nobody waits
/// for the end of the period any more, and it has come, though nothing was decided.
pub fn unsettled<'a>(
    release: &'a Release,
    case: &'a Case,
    today: Date,
) -> impl Iterator<Item = (&'a Arc<str>, Date)> {
    release.acts.keys().filter_map(move |act| {
        let (id, clock) = case.clock_of(act)?;
        Some((act, left_alone(release, case, today, (id, clock))?))
    })
}

fn left_alone(
    release: &Release,
    case: &Case,
    today: Date,
    (id, clock): (InstanceId, &Clock),
) -> Option<Date> {
    let gone = !case.is_waited_for(id, clock) && clock.ruled.is_none();
    let end = clock.end().filter(|end| gone && *end < today)?;
    let applied = release.acts.get(clock.act()?)?.to.first()?;
    let unserved = case.deemed_by(clock).is_none() && !case.unserved_by_law(clock, applied).is_empty();
    unserved.then(|| end.tomorrow().unwrap_or(end))
}

impl Deciding<'_> {
    /// What the law says of a deadline at whose end something counts as granted, and how long it is.
    pub fn fiction(
        &self,
        kind: &FictionKind,
        step: Option<&StepPath>,
    ) -> Result<(Period, Arc<Fiction>), Box<Trouble>> {
        let land = self.facts.calendar.place().map(|place| place.land);
        let found = self.facts.law.fictions.of(&kind.row, self.case.received_on, land);
        let granted = found.map_err(|lack| {
            let (why, help) = (lack.text(), lack.help());
            trouble(
                "fiction_unknown",
                step,
                Text::new(format!("{}.", why.de), format!("{}.", why.en)),
                Text::new(format!("{} Dann wiederholen.", help.de), format!("{} Then retry.", help.en)),
                json!({ "row": kind.row }),
            )
        })?;
        let fiction = Fiction {
            act: kind.act.clone(),
            title: self.act_title(&kind.act),
            law: granted.row.used("fictions"),
            begin: granted.begin,
            begin_norm: granted.begin_norm.cloned(),
            extension: granted.extension.cloned(),
            kept_by: granted.kept_by,
            certificate: granted.certificate,
            note: granted.row.note.clone(),
        };
        Ok((granted.length, Arc::new(fiction)))
    }

    /// What an act decides about, where silence would decide.
    pub fn decides(&self, name: &Arc<str>) -> Option<Decides> {
        let kind = self.release.acts.get(name)?;
        let act = kind.decides(name)?;
        let applicant = self.release.acts.get(&act)?.to.first()?.clone();
        Some(Decides { act, applicant })
    }

    /// Nothing is decided any more about what counts as granted: neither refused nor granted once more.
    pub fn check_not_deemed(&self, kind: &Arc<str>, path: &StepPath) -> Result<(), Box<Trouble>> {
        let Some(Decides { act, .. }) = self.decides(kind) else { return Ok(()) };
        let clock = self.case.clock_of(&act).map(|(id, clock)| (id, clock.clone()));
        let Some((id, clock)) = clock else { return Ok(()) };
        if let Some(doubt) = self.open_doubt(id).filter(|doubt| !doubt.still_runs()) {
            return Err(self.not_settled(id, &doubt, path));
        }
        if let Some(since) = left_alone(self.release, &self.case, self.facts.today, (id, &clock)) {
            return Err(self.not_settled(id, &Doubt::Granted(since), path));
        }
        let deemed = self.case.deemed_by(&clock).and_then(|act| act.issued.as_ref()).map(|issued| issued.on);
        let run = clock.deadline.run.as_ref().filter(|_| self.case.is_waited_for(id, &clock));
        let over = run.filter(|run| run.over_at() <= self.facts.now);
        let over = over.map(|run| run.end.tomorrow().unwrap_or(run.end));
        let Some(since) = deemed.or(over) else {
            return Ok(());
        };
        let (since, granted, this) = (day_text(since), self.act_title(&act), self.act_title(kind));
        Err(trouble(
            "act_deemed_already",
            Some(path),
            Text::new(
                format!(
                    "„{}“ gilt seit {} als erteilt (Genehmigungsfiktion, § 42a VwVfG). „{}“ kann deshalb nicht mehr erlassen werden.",
                    granted.de, since.de, this.de
                ),
                format!(
                    "`{}` has counted as granted since {} (§ 42a VwVfG). So `{}` cannot be issued any more.",
                    granted.en, since.en, this.en
                ),
            ),
            Text::new(
                "War die Genehmigung rechtswidrig oder soll sie widerrufen werden: nach §§ 48, 49 VwVfG mit Anhörung, in einem eigenen Vorgang. Diesen Schritt überspringen oder den Vorgang beenden.",
                "If the permit was unlawful or shall be revoked: by §§ 48, 49 VwVfG with a hearing, in a case of its own. Skip this step, or end the case.",
            ),
            json!({ "act": act }),
        ))
    }

    /// Its deadline has ended: the act counts as granted to those for whom nothing was decided in time.
    pub fn deem(&mut self, id: InstanceId, step: StepPath) {
        let Some(clock) = self.case.clocks.get(&id).cloned() else { return };
        let Some(kind) = clock.act().and_then(|act| self.release.acts.get(act)) else { return };
        let applied = kind.to.first().cloned().unwrap_or_default();
        let served_all = self.case.unserved(&clock, &applied).is_empty();
        if self.case.deemed_by(&clock).is_some()
            || served_all && !self.case.applicants(&clock, &applied).is_empty()
        {
            return;
        }
        let to = self.case.unserved(&clock, &applied);
        self.deem_for(&clock, step, to);
    }

    /// An act counts as granted to some of those who applied, and exists for whoever else it is for. Nothing that decides the
    /// same leaves the house any more.
    pub fn deem_for(&mut self, clock: &Clock, step: StepPath, applicants: Vec<u32>) {
        let (Some(fiction), Some(end)) = (clock.fiction().cloned(), clock.end()) else { return };
        let Some(kind) = self.release.acts.get(&fiction.act) else { return };
        let on = end.tomorrow().unwrap_or(end);
        let number = self.case.acts.get_max().map_or(0, |(number, _)| *number) + 1;
        let is_for = |party: &&Party| {
            let applied = kind.to.first() == Some(&party.content.kind);
            kind.to.contains(&party.content.kind) && (!applied || applicants.contains(&party.number))
        };
        let parties: Vec<u32> = self.case.parties_now().filter(is_for).map(|party| party.number).collect();
        let content = self.granted(kind, &fiction, parties.into_iter());
        self.record(Event::ActDeemed(Box::new(ActDeemed {
            act: number,
            kind: fiction.act.clone(),
            step,
            on,
            content,
            applicants: applicants.clone(),
            law: fiction.law.clone(),
        })));
        self.keep_what_contradicts(clock, &applicants);
        for party in applicants {
            self.set_remedy_of_deemed(number, party, on);
        }
    }

    /// What was not sent when silence decided does not leave the house: decisions to those for whom it did, and what would
    /// extend the period.
    fn keep_what_contradicts(&mut self, clock: &Clock, applicants: &[u32]) {
        let about = |act: &&Arc<Act>| act.deemed.is_none() && clock.is_about(act);
        let acts: Vec<Arc<Act>> = self.case.acts.values().filter(about).cloned().collect();
        for act in acts {
            let for_them = act.addressees.keys().any(|party| applicants.contains(party));
            let kind = act.issued.as_ref().and_then(|issued| issued.content.decides.as_ref());
            let applied = |party: &u32| kind.is_some_and(|it| self.case.has_applied(*party, &it.applicant));
            let others: Vec<u32> = act.addressees.keys().copied().filter(|it| !applied(it)).collect();
            self.withdraw_letters(act.number, |(party, _), _| {
                applicants.contains(&party) || for_them && others.contains(&party)
            });
        }
        let unsent = |document: &&Arc<Document>| document.waits_to_leave();
        let letters: Vec<Arc<Document>> = self.case.documents.values().filter(unsent).cloned().collect();
        let extends = |document: &&Arc<Document>| {
            let clocks = self.clocks_extended_by(document);
            clocks.iter().any(|(_, of, _)| of.deadline.name == clock.deadline.name && of.step == clock.step)
        };
        let documents: Vec<u32> = letters.iter().filter(extends).map(|document| document.number).collect();
        if !documents.is_empty() {
            self.record(Event::LettersWithdrawn(LettersWithdrawn { documents }));
        }
    }

    /// Whether a letter may leave the house, or has on a day that is recorded now: what decides on an act that counts as granted
    /// must not any more, and what would extend the period neither. One that was to stay in the house may have left it before.
    pub fn check_not_too_late(&self, document: &Document, on: Date) -> Result<(), Rejection> {
        for (number, party) in self.case.acts_of_document(document.number) {
            let Some(act) = self.case.acts.get(&number).filter(|act| act.deemed.is_none()) else { continue };
            let Some(decides) = act.issued.as_ref().and_then(|issued| issued.content.decides.as_ref()) else {
                continue;
            };
            let Some((id, clock)) = self.case.clock_of(&decides.act) else { continue };
            let Some(end) = clock.end().filter(|end| on > *end && clock.is_about(act)) else { continue };
            let applied = |party: &u32| self.case.has_applied(*party, &decides.applicant);
            let mut of: Vec<u32> = act.addressees.keys().copied().filter(applied).collect();
            of.retain(|other| !applied(&party) || *other == party);
            let unserved = self.case.unserved(clock, &decides.applicant);
            let gone = self.case.deemed_by(clock).is_some() || self.case.is_waited_for(id, clock);
            if gone && !of.is_empty() && of.iter().all(|party| unserved.contains(party)) {
                return Err(self.leaves_too_late(&decides.act, (end, on)));
            }
        }
        for (_, clock, _) in self.clocks_extended_by(document).into_iter().rev().take(1) {
            let Some(end) = clock.end().filter(|end| on > *end) else { continue };
            if let (Some(act), Some(_)) = (clock.act(), self.case.deemed_by(&clock)) {
                return Err(self.leaves_too_late(act, (end, on)));
            }
        }
        Ok(())
    }

    fn leaves_too_late(&self, act: &Arc<str>, (end, on): (Date, Date)) -> Rejection {
        let (granted, end, on) = (self.act_title(act), day_text(end), day_text(on));
        Rejection::DispatchInvalid {
            why: Text::new(
                format!(
                    "„{}“ gilt als erteilt, weil bis {} nichts bekannt gegeben war (Genehmigungsfiktion, § 42a VwVfG). Dieses Schreiben darf am {} nicht mehr hinaus. Ist es schon vorher abgegangen, den richtigen Tag angeben; ist es versehentlich danach hinausgegangen, das in einer Notiz festhalten und dem Empfänger erklären.",
                    granted.de, end.de, on.de
                ),
                format!(
                    "`{}` counts as granted because nothing was notified by {} (§ 42a VwVfG). This letter must not leave on {} any more. If it left before, give the right day; if it went out later by mistake, keep that in a note and explain it to whoever got it.",
                    granted.en, end.en, on.en
                ),
            ),
        }
    }

    fn granted(&self, kind: &ActKind, fiction: &Fiction, parties: impl Iterator<Item = u32>) -> ActContent {
        let addressees = parties.map(|party| (party, self.case.receives_for(party))).collect();
        let sphere: Sphere = kind.sphere;
        ActContent {
            title: fiction.title.clone(),
            law: kind.law.clone(),
            notification: kind.notification,
            sphere,
            decision: Some(GRANTED.into()),
            conditions: Vec::new(),
            fee: None,
            costs: None,
            period: WITHOUT_INSTRUCTION.into(),
            remedy: None,
            decides: Some(Decides {
                act: fiction.act.clone(),
                applicant: kind.to.first().cloned().unwrap_or_default(),
            }),
            addressees,
        }
    }

    /// Nobody was told of a remedy, so it can be sought for a year. The period outlives the case.
    pub fn set_remedy_of_deemed(&mut self, number: u32, party: u32, on: Date) {
        let Some(act) = self.case.acts.get(&number).cloned() else { return };
        let Some(deadline) = self.remedy_period(&act, party, (None, on)) else { return };
        let title = deadline.title.clone();
        match self.folded(Deadline { revision: deadline.revision + 1, ..deadline }) {
            Ok(deadline) if self.case.is_open() => {
                self.record(Event::DeadlineSet { instance: InstanceId::ROOT, deadline });
            }
            Ok(Deadline { run: Some(remedy), .. }) => {
                let anew = RemedyPeriodRecomputed { act: number, party, remedy, because: Because::Ruled };
                self.record(Event::RemedyPeriodRecomputed(anew));
            }
            Ok(_) => {}
            Err(error) => {
                let trouble = super::deadline_set::deadline_trouble(&error, Some(&act.step), &title);
                self.stuck(None, Trouble { wakes: None, ..*trouble });
            }
        }
    }
}

impl ActKind {
    /// What is decided with an act of this kind, where silence would decide; `own`: its name.
    pub fn decides(&self, own: &Arc<str>) -> Option<Arc<str>> {
        self.refuses.clone().or_else(|| self.fiction.as_ref().map(|_| own.clone()))
    }
}
