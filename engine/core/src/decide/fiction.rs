//! What silence grants (Genehmigungsfiktion, § 42a VwVfG): an act comes to be when its deadline ends before anything is decided,
//! nothing is decided about it afterwards, and the deadline is extended only by a letter that tells it before its end.

use std::sync::Arc;

use fachwerk_deadlines::{Extension, Period};
use serde_json::json;

use super::turn::{Deciding, trouble};
use crate::{
    act::{ActContent, Decides},
    definition::{ActKind, DeadlineKind, ExtensionKind, FictionKind, IssueKind, Sphere},
    event::{
        ActDeemed, Because, ChangeReason, Deadline, DeadlineChange, DeadlineName, DeadlineRun, Event,
        Fiction, Trouble,
    },
    words::{Date, InstanceId, StepPath, Text, Value, day_text},
};

/// What the decision of an act that silence has granted is, in the words of processes.
const GRANTED: &str = "granted";

/// The period for a remedy when nobody was told of it (§ 58 Abs. 2 VwGO).
const WITHOUT_INSTRUCTION: &str = "1 year";

impl<'a> Deciding<'a> {
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
    pub fn check_not_deemed(&self, issue: &IssueKind, path: &StepPath) -> Result<(), Box<Trouble>> {
        let Some(Decides { act, .. }) = self.decides(&issue.act) else { return Ok(()) };
        let deemed = self.case.deemed(&act).and_then(|act| act.issued.as_ref()).map(|issued| issued.on);
        let over = self.case.deadlines().find_map(|(_, deadline)| {
            let of = deadline.fiction.as_ref().is_some_and(|fiction| fiction.act == act);
            let run = deadline.run.as_ref().filter(|run| of && run.over_at() <= self.facts.now)?;
            Some(run.end.tomorrow().unwrap_or(run.end))
        });
        let Some(since) = deemed.or(over) else {
            return Ok(());
        };
        let (since, granted, this) = (day_text(since), self.act_title(&act), self.act_title(&issue.act));
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

    /// Its deadline has ended: the act counts as granted, unless it was decided in time.
    pub fn deem(&mut self, step: StepPath, fiction: &Fiction, run: &DeadlineRun) {
        let decided =
            |act: &Arc<crate::act::Act>| act.decides() == Some(&fiction.act) && self.case.is_in_time(act);
        if self.case.deemed(&fiction.act).is_some() || self.case.acts.values().any(decided) {
            return;
        }
        let Some(kind) = self.release.acts.get(&fiction.act) else { return };
        let on = run.end.tomorrow().unwrap_or(run.end);
        let number = self.case.acts.get_max().map_or(0, |(number, _)| *number) + 1;
        let takes_part = self.case.parties_now().filter(|party| kind.to.contains(&party.content.kind));
        let parties: Vec<(u32, bool)> =
            takes_part.map(|party| (party.number, kind.to.first() == Some(&party.content.kind))).collect();
        let applicants: Vec<u32> =
            parties.iter().filter(|(_, applied)| *applied).map(|(number, _)| *number).collect();
        let content = self.granted(kind, fiction, parties.iter().map(|(number, _)| *number));
        self.record(Event::ActDeemed(Box::new(ActDeemed {
            act: number,
            kind: fiction.act.clone(),
            step,
            on,
            content,
            applicants: applicants.clone(),
            law: fiction.law.clone(),
        })));
        for party in applicants {
            self.set_remedy_of_deemed(number, party, on);
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

    /// Nobody was told of a remedy, so it can be sought for a year.
    fn set_remedy_of_deemed(&mut self, number: u32, party: u32, on: Date) {
        let Some(act) = self.case.acts.get(&number).cloned() else { return };
        let Some(deadline) = self.remedy_period(&act, party, (None, on)) else { return };
        let title = deadline.title.clone();
        match self.folded(Deadline { revision: deadline.revision + 1, ..deadline }) {
            Ok(deadline) => self.record(Event::DeadlineSet { instance: InstanceId::ROOT, deadline }),
            Err(error) => {
                let trouble = super::deadline_set::deadline_trouble(&error, Some(&act.step), &title);
                self.stuck(None, Trouble { wakes: None, ..*trouble });
            }
        }
    }

    /// A letter has left, or was received on another day than was presumed: what it extends ends later only if it was told
    /// before the end.
    pub fn extension_told(&mut self, number: u32) {
        let Some(document) = self.case.documents.get(&number).cloned() else { return };
        let (Some(step), Some(dispatch)) = (&document.step, &document.dispatch) else { return };
        // What is proven is a fact, also when the law presumes a later day.
        let Some(told) = dispatch.proven_receipt.or(dispatch.notified_on) else { return };
        let running: Vec<(InstanceId, Deadline)> = self
            .case
            .deadlines()
            .filter(|(_, deadline)| deadline.fiction.is_some())
            .map(|(instance, deadline)| (instance, deadline.clone()))
            .collect();
        for (instance, deadline) in running {
            let Some(kind) = self.deadline_kind(instance, &deadline.name) else { continue };
            let extension = kind.fiction.as_ref().and_then(|fiction| fiction.extension.as_ref());
            let Some(extension) = extension.filter(|it| self.is_of_here(&it.letter, step, instance)) else {
                continue;
            };
            if let Err(trouble) =
                self.told_of((instance, deadline), (kind, extension), (number, told, &document.content.title))
            {
                self.stuck(None, *trouble);
            }
        }
    }

    fn told_of(
        &mut self,
        (instance, mut deadline): (InstanceId, Deadline),
        (kind, extension): (&'a DeadlineKind, &ExtensionKind),
        (document, told, letter): (u32, Date, &Arc<str>),
    ) -> Result<(), Box<Trouble>> {
        let by_it = |change: &DeadlineChange| matches!(change, DeadlineChange::Extended { told_by: Some(it), .. } if *it == document);
        let title = deadline.title.clone();
        let step = extension.letter.clone();
        if deadline.changes.iter().any(by_it) {
            let mut without = deadline.changes.clone();
            without.retain(|change| !by_it(change));
            let basis = deadline.basis.clone();
            let end = basis.and_then(|basis| self.end_of(&basis, &without).ok()).flatten();
            if let Some(end) = end.filter(|end| told > *end) {
                deadline.changes = without;
                deadline.extended = false;
                self.recompute(instance, deadline, Because::Receipt { document });
                return Err(told_too_late(&step, (&title, letter), (told, end)));
            }
            return Ok(());
        }
        let Some(run) = deadline.run.clone() else { return Ok(()) };
        let allowed = deadline.fiction.as_ref().and_then(|fiction| fiction.extension.clone());
        let norm = match allowed {
            Some(norm) if !deadline.extended => norm,
            _ => return Err(not_extendable(&step, &title, run.end, deadline.extended)),
        };
        if told > run.end {
            return Err(told_too_late(&step, (&title, letter), (told, run.end)));
        }
        let by = self.value(instance, &extension.by)?;
        let reason = self.value(instance, &extension.reason)?;
        let period = by.as_str().and_then(|text| Period::parse(text).ok());
        let period = period.filter(|period| !matches!(period, Period::Hours(_)));
        let reason = reason.as_str().map(str::trim).filter(|reason| !reason.is_empty());
        let person = self.facts.actor.person().cloned();
        let (Some(period), Some(reason), Some(person)) = (period, reason, person) else {
            return Err(not_said(&step, &title, &by));
        };
        let because = ChangeReason { by: person, reason: reason.into(), norm: Some(norm) };
        let (by, decided) = (Extension::By(period), self.decided(&because));
        let change = DeadlineChange::Extended { by, decided, told_by: Some(document) };
        let deadline = self
            .with_change(deadline, kind, change)
            .map_err(|error| super::deadline_set::deadline_trouble(&error, Some(&step), &title))?;
        let name = DeadlineName { instance, name: deadline.name.clone() };
        self.record(Event::DeadlineExtended { deadline: name.clone(), because });
        self.set_anew(&name, Deadline { extended: true, ..deadline });
        Ok(())
    }

    /// A decision was notified, or is by now known to have been notified, after silence had decided: people must know.
    pub fn tell_of_late_decision(&mut self, number: u32) {
        let Some(act) = self.case.acts.get(&number).cloned() else { return };
        let Some(decides) = act.decides().filter(|_| act.deemed.is_none()).cloned() else { return };
        let Some(clock) = self.case.clocks.get(&decides).copied() else { return };
        let notified = act.addressees.values().filter_map(|addressed| addressed.notified_on).max();
        let (Some(notified), false) = (notified, self.case.is_in_time(&act)) else { return };
        let title = |kind: &Arc<str>| self.act_title(kind);
        let (granted, this, end, on) =
            (title(&decides), title(&act.kind), day_text(clock.end), day_text(notified));
        if notified <= clock.end {
            return;
        }
        let incident = trouble(
            "decided_too_late",
            Some(&act.step),
            Text::new(
                format!(
                    "„{}“ ist erst am {} bekannt gegeben; die Frist für die Entscheidung endet am {}. Vorsichtshalber gilt „{}“ mit ihrem Ende als erteilt, auch wenn vorher entschieden war (in den Rechtsdaten als umstritten vermerkt).",
                    this.de, on.de, end.de, granted.de
                ),
                format!(
                    "`{}` is notified on {} only; the period for the decision ends on {}. To be careful, `{}` counts as granted with its end, although it was decided before (sources disagree, as the legal data say).",
                    this.en, on.en, end.en, granted.en
                ),
            ),
            Text::new(
                "Läuft die Frist noch: sofort auf anderem Weg bekannt geben (Bote, persönliche Übergabe) und den Zugang vermerken. Sonst bleiben §§ 48, 49 VwVfG. Danach „Wiederholen“, um die Störung abzuschließen.",
                "If the period still runs: notify in another way at once (by messenger, in person) and record the receipt. Else only §§ 48, 49 VwVfG are left. Then retry, to settle the incident.",
            ),
            json!({ "act": number }),
        );
        self.stuck(None, *incident);
    }
}

fn told_too_late(
    step: &StepPath,
    (title, letter): (&Text, &Arc<str>),
    (told, end): (Date, Date),
) -> Box<Trouble> {
    let (told, end) = (day_text(told), day_text(end));
    trouble(
        "extension_told_too_late",
        Some(step),
        Text::new(
            format!(
                "Die Frist „{}“ ist nicht verlängert: Das Schreiben „{letter}“ gilt erst am {} als mitgeteilt, sie endet aber am {}. Eine Verlängerung, die nicht vorher mitgeteilt ist, hilft nicht (§ 42a Abs. 2 Satz 4 VwVfG).",
                title.de, told.de, end.de
            ),
            format!(
                "The deadline `{}` is not extended: the letter `{letter}` counts as told on {} only, but it ends on {}. An extension that is not told before does not help (§ 42a II 4 VwVfG).",
                title.en, told.en, end.en
            ),
        ),
        Text::new(
            "Bis zum Ende der Frist entscheiden und bekannt geben. Ist nachgewiesen, dass das Schreiben vorher zugegangen ist: den Zugang vermerken, dann gilt die Verlängerung. Danach „Wiederholen“, um die Störung abzuschließen.",
            "Decide and notify before the end. If it is proven that the letter was received before: record the receipt, and the extension holds. Then retry, to settle the incident.",
        ),
        Value::Null,
    )
}

fn not_extendable(step: &StepPath, title: &Text, end: Date, already: bool) -> Box<Trouble> {
    let end = day_text(end);
    let (why_de, why_en) = match already {
        true => ("sie ist schon einmal verlängert", "it was extended once already"),
        false => ("nach den Rechtsdaten ist das nicht möglich", "by the legal data that is not possible"),
    };
    trouble(
        "extension_not_possible",
        Some(step),
        Text::new(
            format!(
                "Die Frist „{}“ wird durch das Schreiben nicht verlängert: {why_de}. Sie endet am {}.",
                title.de, end.de
            ),
            format!(
                "The letter does not extend the deadline `{}`: {why_en}. It ends on {}.",
                title.en, end.en
            ),
        ),
        Text::new(
            "Bis zum Ende der Frist entscheiden und bekannt geben. Danach „Wiederholen“, um die Störung abzuschließen.",
            "Decide and notify before the end. Then retry, to settle the incident.",
        ),
        Value::Null,
    )
}

fn not_said(step: &StepPath, title: &Text, said: &Value) -> Box<Trouble> {
    trouble(
        "extension_unsaid",
        Some(step),
        Text::new(
            format!(
                "Die Frist „{}“ ist nicht verlängert: Um wie lange oder warum, steht nicht da ({said}).",
                title.de
            ),
            format!("The deadline `{}` is not extended: by how long or why is not said ({said}).", title.en),
        ),
        Text::new(
            "Die Angaben zur Verlängerung prüfen und das Schreiben noch einmal mit Grund und Dauer mitteilen.",
            "Check what was said of the extension, and tell it once more with reason and length.",
        ),
        Value::Null,
    )
}

impl ActKind {
    /// What is decided with an act of this kind, where silence would decide; `own`: its name.
    pub fn decides(&self, own: &Arc<str>) -> Option<Arc<str>> {
        self.refuses.clone().or_else(|| self.fiction.as_ref().map(|_| own.clone()))
    }
}
