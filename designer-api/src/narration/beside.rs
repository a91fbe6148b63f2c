//! Sentences about what every case can suffer: errands, letters beside the steps, deadlines that people change.

use fachwerk_core::{
    case::Work,
    event::{
        ChangeReason, DeadlineName, DocumentNotArrived, ErrandEnd, ErrandKind, Event, Grounds, Merging,
        Missed, Order, PaperPlaced, Related, Relation,
    },
    facts::day_of,
    words::InstanceId,
};

use super::{Narrator, days};
use crate::{relations::was_given_back, shapes::Text};

impl Narrator<'_> {
    pub(super) fn beside(&self, event: &Event) -> Option<Text> {
        Some(match event {
            Event::ErrandGiven { order, .. } => self.errand_given(order),
            Event::ErrandEnded { instance, by, end } => {
                let Work::Asked { kind, text, .. } = &self.case.errand(*instance)?.work else { return None };
                let by = self.person(by);
                match (kind, end) {
                    (ErrandKind::Question, ErrandEnd::Done { answer }) => {
                        let answer = answer.as_deref().unwrap_or_default();
                        Text::new(
                            format!("{by} hat die Rückfrage „{text}“ beantwortet: „{answer}“."),
                            format!("{by} answered the question “{text}”: “{answer}”."),
                        )
                    }
                    (ErrandKind::Resubmission, ErrandEnd::Done { answer }) => {
                        let (said_de, said_en) = answer.as_ref().map_or_else(Default::default, |said| {
                            (format!(": „{said}“"), format!(": “{said}”"))
                        });
                        Text::new(
                            format!("{by} hat die Wiedervorlage „{text}“ erledigt{said_de}."),
                            format!("{by} settled the resubmission “{text}”{said_en}."),
                        )
                    }
                    (ErrandKind::Question, ErrandEnd::Withdrawn) => Text::new(
                        format!("{by} hat die Rückfrage „{text}“ zurückgezogen."),
                        format!("{by} withdrew the question “{text}”."),
                    ),
                    (ErrandKind::Resubmission, ErrandEnd::Withdrawn) => Text::new(
                        format!("{by} hat die Wiedervorlage „{text}“ zurückgezogen."),
                        format!("{by} withdrew the resubmission “{text}”."),
                    ),
                }
            }
            Event::TimerSet { instance, timer } => {
                let title = self.title_at(*instance);
                let (de, en) = days(day_of(timer.at));
                Text::new(
                    format!("„{}“ wird am {de} vorgelegt.", title.de),
                    format!("“{}” comes back on {en}.", title.en),
                )
            }
            Event::TimerFired { instance, .. } => {
                let title = self.title_at(*instance);
                Text::new(format!("„{}“ liegt vor.", title.de), format!("“{}” has come back.", title.en))
            }
            Event::LetterWritten { by, title, .. } => {
                let by = self.person(by);
                Text::new(
                    format!("{by} hat ein Schreiben verfasst: „{title}“."),
                    format!("{by} wrote a letter: “{title}”."),
                )
            }
            Event::DeadlineExtended { deadline, because } => {
                let title = self.deadlines_named(std::slice::from_ref(deadline));
                self.changed(
                    because,
                    format!("die Frist {} verlängert", title.de),
                    format!("extended the deadline {}", title.en),
                )
            }
            Event::DeadlinesSuspended { deadlines, since, because } => {
                let (title, (de, en)) = (self.deadlines_named(deadlines), days(*since));
                self.changed(
                    because,
                    format!("ab {de} ruhen lassen: {}", title.de),
                    format!("suspended from {en}: {}", title.en),
                )
            }
            Event::DeadlinesResumed { deadlines, until, because } => {
                let (title, (de, en)) = (self.deadlines_named(deadlines), days(*until));
                self.changed(
                    because,
                    format!("nach {de} weiterlaufen lassen: {}", title.de),
                    format!("resumed after {en}: {}", title.en),
                )
            }
            Event::DocumentNotArrived(DocumentNotArrived { document, by, reason }) => {
                let (by, found) = (self.person(by), self.case.documents.get(document));
                let title = found.map(|found| found.content.title.to_string()).unwrap_or_default();
                Text::new(
                    format!("{by} hat vermerkt, dass „{title}“ nicht angekommen ist: {reason}"),
                    format!("{by} noted that “{title}” did not arrive: {reason}"),
                )
            }
            Event::ClockFollowed(followed) => {
                let title = &followed.deadline.title;
                let (de, en) = followed.deadline.run.as_ref().map(|run| days(run.end)).unwrap_or_default();
                Text::new(
                    format!(
                        "Die Frist „{}“, auf die nicht mehr gewartet wird, endete nach neuer Berechnung am {de}.",
                        title.de
                    ),
                    format!(
                        "The deadline “{}”, which is not waited for any more, ended on {en} as reckoned anew.",
                        title.en
                    ),
                )
            }
            Event::FictionRuled(ruled) => {
                let title = &ruled.title;
                let (de, en) = match ruled.deemed {
                    true => ("gilt als erteilt", "counts as granted"),
                    false => ("gilt nicht als erteilt", "does not count as granted"),
                };
                self.changed(
                    &ruled.because,
                    format!("festgestellt: „{}“ {de}", title.de),
                    format!("ruled: “{}” {en}", title.en),
                )
            }
            Event::Reinstated(what) => {
                let (title, (de, en)) = (&what.title, days(what.until));
                match (&what.missed, &what.grounds) {
                    (Missed::Remedy { .. }, _) => self.changed(
                        &what.because,
                        format!(
                            "Wiedereinsetzung gewährt; der Rechtsbehelf gegen „{}“ gilt als rechtzeitig",
                            title.de
                        ),
                        format!("granted restoration; the remedy against “{}” counts as in time", title.en),
                    ),
                    (Missed::Deadline { .. }, Grounds::Restoration { .. }) => self.changed(
                        &what.because,
                        format!("Wiedereinsetzung in die Frist „{}“ gewährt; nachzuholen bis {de}", title.de),
                        format!(
                            "granted restoration into the deadline “{}”; to be made up for by {en}",
                            title.en
                        ),
                    ),
                    (Missed::Deadline { .. }, Grounds::Extension { .. }) => self.changed(
                        &what.because,
                        format!("die abgelaufene Frist „{}“ rückwirkend bis {de} verlängert", title.de),
                        format!("extended the deadline “{}”, which was over, until {en}", title.en),
                    ),
                }
            }
            Event::GivenUp { instance, by, reason } => {
                let (title, by) = (self.given_up(*instance), self.person(by));
                Text::new(
                    format!("{by} hat aufgegeben: {}. Grund: {reason}", title.de),
                    format!("{by} gave up: {}. Reason: {reason}", title.en),
                )
            }
            Event::MergeAsked(Merging { by, reason, outcome: Some(_), .. }) => {
                let by = self.person(by);
                Text::new(
                    format!("{by} übergibt diesen Eingang einem Vorgang. Grund: {reason}"),
                    format!("{by} hands this item on to a case. Reason: {reason}"),
                )
            }
            Event::PaperPlaced(placed) => self.paper_placed(placed),
            Event::MergeAsked(Merging { by, reason, .. }) => {
                let by = self.person(by);
                Text::new(
                    format!("{by} verbindet diesen Vorgang mit einem anderen. Grund: {reason}"),
                    format!("{by} merges this case into another one. Reason: {reason}"),
                )
            }
            Event::MergeRefused(_) => Text::new(
                "Der andere Vorgang hat diesen nicht übernommen; er läuft weiter.",
                "The other case did not take over this one, which goes on.",
            ),
            Event::CaseRelated { related } => self.related(related),
            _ => return None,
        })
    }

    /// What was made beside the steps.
    fn given_up(&self, instance: InstanceId) -> Text {
        let Some((_, draft)) = self.case.act_made_by(instance) else {
            let title = self.title_at(instance);
            return Text::new(format!("„{}“", title.de), format!("“{}”", title.en));
        };
        let title = &draft.content.title;
        match draft.correction {
            Some(_) => Text::new(
                format!("die Berichtigung von „{}“", title.de),
                format!("the correction of “{}”", title.en),
            ),
            None => Text::new(
                format!("das erneute Schreiben zu „{}“", title.de),
                format!("the letter of “{}” that was to go out anew", title.en),
            ),
        }
    }

    fn paper_placed(&self, PaperPlaced { documents, place, by }: &PaperPlaced) -> Text {
        let titles = documents.iter().filter_map(|number| self.case.documents.get(number));
        let titles: Vec<String> = titles.map(|document| format!("„{}“", document.content.title)).collect();
        let titles = titles.join(", ");
        let by = by.as_ref().map(|by| self.person(by).to_string());
        let (by_de, by_en) = match by {
            Some(by) => (format!("{by} hat vermerkt: "), format!("{by} noted: ")),
            None => Default::default(),
        };
        let (de, en) = match place.is_empty() {
            true => (
                "Ein Original auf Papier liegt nicht mehr vor".to_owned(),
                "no original on paper is kept any more".to_owned(),
            ),
            false => (
                format!("Das Original auf Papier liegt hier: {place}"),
                format!("the original on paper lies here: {place}"),
            ),
        };
        Text::new(format!("{by_de}{de} ({titles})."), format!("{by_en}{en} ({titles})."))
    }

    fn related(&self, Related { case, how, by, reason }: &Related) -> Text {
        let by = self.person(by);
        let (de, en) = match how {
            Relation::SplitInto if !self.release.item && was_given_back(&self.case, *case) => {
                ("einen Eingang in den Posteingang zurückgegeben", "given an item back to the incoming post")
            }
            Relation::SplitInto => (
                "einen Teil abgetrennt, der als eigener Vorgang weitergeht",
                "split off a part, which goes on as a case of its own",
            ),
            Relation::SplitFrom => {
                ("diesen Vorgang von einem anderen abgetrennt", "split this case off another one")
            }
            Relation::MergedInto if self.release.item => {
                ("diesen Eingang einem Vorgang übergeben", "handed this item on to a case")
            }
            Relation::Post if self.begins_with_item() => (
                "die Angaben zu diesem Vorgang aus einem Eingang der Poststelle erfasst und ihn damit begonnen",
                "typed in the data of this case from an item of the incoming post and began it with them",
            ),
            Relation::Post => (
                "diesem Vorgang einen Eingang der Poststelle übergeben",
                "handed an item of the incoming post on to this case",
            ),
            Relation::MergedInto => (
                "diesen Vorgang mit einem anderen verbunden, der für beide weitergeht",
                "merged this case into another one, which goes on for both",
            ),
            Relation::Merged => (
                "einen anderen Vorgang mit diesem verbunden; dieser geht für beide weiter",
                "merged another case into this one, which goes on for both",
            ),
        };
        Text::new(format!("{by} hat {de}. Grund: {reason}"), format!("{by} {en}. Reason: {reason}"))
    }

    /// Whether the item that is handed over is what the case began with: the system begins such a case upon what a person has
    /// typed in, and hands it the item at once.
    fn begins_with_item(&self) -> bool {
        self.began_by_itself && self.case.version == 2 && self.case.relations.is_empty()
    }

    fn errand_given(&self, order: &Order) -> Text {
        let Order { kind, text, by, role, person, due, .. } = order;
        let by = self.person(by);
        let to = match person {
            Some(person) => Text::new(self.person(person), self.person(person)),
            None => self.role(role),
        };
        let (due_de, due_en) = due
            .map(days)
            .map_or_else(Default::default, |(de, en)| (format!(" (bis {de})"), format!(" (until {en})")));
        match kind {
            ErrandKind::Question => Text::new(
                format!("{by} fragt {}{due_de}: „{text}“", to.de),
                format!("{by} asks {}{due_en}: “{text}”", to.en),
            ),
            ErrandKind::Resubmission => Text::new(
                format!("{by} hat eine Wiedervorlage für {} angelegt: „{text}“", to.de),
                format!("{by} had the case come back to {}: “{text}”", to.en),
            ),
        }
    }

    fn changed(&self, because: &ChangeReason, de: String, en: String) -> Text {
        let ChangeReason { by, reason, norm } = because;
        let by = self.person(by);
        let norm = norm.as_ref().map(|norm| format!(" ({norm})")).unwrap_or_default();
        Text::new(
            format!("{by} hat {de}. Grund: {reason}{norm}"),
            format!("{by} {en}. Reason: {reason}{norm}"),
        )
    }

    /// What people read for deadlines, one after the other.
    fn deadlines_named(&self, names: &[DeadlineName]) -> Text {
        let titles = |german: bool| {
            let titles = names.iter().filter_map(|DeadlineName { instance, name }| {
                let title = &self.case.instance(*instance)?.deadlines.get(name)?.title;
                Some(if german { format!("„{}“", title.de) } else { format!("“{}”", title.en) })
            });
            titles.collect::<Vec<_>>().join(", ")
        };
        Text::new(titles(true), titles(false))
    }
}
