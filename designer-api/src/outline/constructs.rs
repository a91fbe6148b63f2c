//! Scopes, and what steps say to each other, in words.

use fachwerk_core::{
    definition::{AdHoc, CallKind, Each, Join, Quorum, Raise, Repeat, Scope, ScopeIx, Shape, Step, StepIx},
    words::StepPath,
};

use super::prose::{Both, Prose, bare};

impl Prose<'_> {
    /// What a scope is, and when it is over.
    pub(super) fn scope(&self, step: &Step, scope: ScopeIx) -> Both {
        let inner = self.release.scope(scope);
        if let Some(used) = step.block.as_ref().and_then(|id| self.release.blocks.get(id)) {
            return Both::of(
                format!("hier arbeitet der Baustein „{}“", used.title.de),
                format!("here works the block “{}”", used.title.en),
            );
        }
        let mut said = match &inner.shape {
            Shape::Fork(quorum) => self.fork(inner, quorum),
            Shape::Each(each) => self.each(inner, each),
            Shape::AdHoc(group) => self.ad_hoc(inner, group),
            Shape::Path => {
                let first = self.titles(inner.steps.iter().take(1));
                Both::of(
                    format!("zusammengehörige Schritte, beginnend mit {}", first.de),
                    format!("steps that belong together, beginning with {}", first.en),
                )
            }
        };
        if let Some(repeat) = &inner.repeat {
            said.add(&self.repeated(repeat));
        }
        if let Some(lock) = &inner.lock {
            said.add(&Both::of(
                format!("; nie zugleich mit anderen Abschnitten der Sperre „{lock}“"),
                format!("; never at the same time as others with the lock “{lock}”"),
            ));
        }
        said
    }

    fn titles<'s>(&self, steps: impl Iterator<Item = &'s StepIx>) -> Both {
        let steps = steps.map(|ix| self.release.step(*ix)).filter(|step| !step.only_undoes);
        Both::joined(steps.map(|step| self.quoted(&step.path)).collect(), ", ", ", ")
    }

    fn fork(&self, inner: &Scope, quorum: &Quorum) -> Both {
        let branch = |ix: &StepIx| {
            let step = self.release.step(*ix);
            let mut said = self.quoted(&step.path);
            if let Some(rule) = &step.when {
                let rule = self.condition(rule);
                said.add(&Both::of(
                    format!(" (nur wenn „{}“ gilt)", rule.de),
                    format!(" (only if “{}” holds)", rule.en),
                ));
            }
            said
        };
        let steps = inner.steps.iter().filter(|ix| !self.release.step(**ix).only_undoes);
        let branches = Both::joined(steps.map(branch).collect(), ", ", ", ");
        let over = over(quorum, ("alle beendet sind", "all have ended"));
        Both::of(
            format!("gleichzeitig laufen: {}; es geht weiter, wenn {}", branches.de, over.de),
            format!("at the same time: {}; it goes on when {}", branches.en, over.en),
        )
    }

    fn each(&self, inner: &Scope, each: &Each) -> Both {
        let first = self.titles(inner.steps.iter().take(1));
        let over_what = bare(&each.over.source);
        let order = if each.sequential {
            ("nacheinander", "one after another")
        } else {
            ("nebeneinander", "side by side")
        };
        let mut over = over(&each.quorum, ("alle Durchgänge beendet sind", "all rounds have ended"));
        if let Some(rule) = &each.until {
            let rule = self.condition(rule);
            over.add(&Both::of(format!(" oder „{}“ gilt", rule.de), format!(" or “{}” holds", rule.en)));
        }
        Both::of(
            format!(
                "für jeden Eintrag von „{over_what}“ {}, beginnend mit {}; es geht weiter, wenn {}",
                order.0, first.de, over.de
            ),
            format!(
                "for each entry of “{over_what}” {}, beginning with {}; it goes on when {}",
                order.1, first.en, over.en
            ),
        )
    }

    fn ad_hoc(&self, inner: &Scope, group: &AdHoc) -> Both {
        let steps = self.titles(inner.steps.iter());
        let role = self.role(&group.role);
        let mut said = Both::of(
            format!("{} wählt aus, was zu tun ist: {}", role.de, steps.de),
            format!("{} chooses what is to be done: {}", role.en, steps.en),
        );
        if group.one_at_a_time {
            said.add(&Both::of(", immer nur eines auf einmal", ", one at a time"));
        }
        if let Some(rule) = &group.until {
            let rule = self.condition(rule);
            said.add(&Both::of(
                format!("; fertig, wenn „{}“ gilt", rule.de),
                format!("; done when “{}” holds", rule.en),
            ));
        }
        said
    }

    fn repeated(&self, repeat: &Repeat) -> Both {
        let mut parts = Vec::new();
        if let Some(rule) = repeat.while_holds.as_ref().map(|rule| self.condition(rule)) {
            let Both { de, en } = rule;
            parts.push(Both::of(format!("solange „{de}“ gilt"), format!("while “{en}” holds")));
        }
        if let Some(rule) = repeat.until.as_ref().map(|rule| self.condition(rule)) {
            let Both { de, en } = rule;
            parts.push(Both::of(format!("bis „{de}“ gilt"), format!("until “{en}” holds")));
        }
        if let Some(max) = repeat.max {
            parts.push(Both::of(format!("höchstens {max}-mal"), format!("{max} times at most")));
        }
        let parts = Both::joined(parts, ", ", ", ");
        Both::of(format!("; wird wiederholt, {}", parts.de), format!("; is repeated {}", parts.en))
    }

    pub(super) fn call(&self, call: &CallKind) -> Both {
        let process = &call.process;
        Both::of(
            format!(
                "ein Vorgang des Verfahrens „{process}“ beginnt; dieser wartet, bis er abgeschlossen ist"
            ),
            format!("a case of the process “{process}” begins; this one waits until it has ended"),
        )
    }

    pub(super) fn cancel(&self, steps: &[StepPath]) -> Both {
        let steps = Both::joined(steps.iter().map(|step| self.quoted(step)).collect(), ", ", ", ");
        Both::of(
            format!("beendet, was davon noch läuft: {}", steps.de),
            format!("ends what of this is under way: {}", steps.en),
        )
    }

    pub(super) fn compensate(&self, steps: Option<&[StepIx]>) -> Both {
        match steps {
            None => Both::of(
                "macht in diesem Abschnitt Erledigtes rückgängig, das Letzte zuerst",
                "undoes what was done in this part, the last first",
            ),
            Some(steps) => {
                let steps = self.titles(steps.iter());
                Both::of(format!("macht rückgängig: {}", steps.de), format!("undoes: {}", steps.en))
            }
        }
    }
}

/// When a scope is over in which several things run.
fn over(quorum: &Quorum, all: (&str, &str)) -> Both {
    let mut said = match &quorum.wait_for {
        None => Both::of(all.0, all.1),
        Some(rule) => {
            let count = bare(&rule.source);
            Both::of(format!("{count} davon beendet sind"), format!("{count} of them have ended"))
        }
    };
    if quorum.wait_for.is_some() {
        said.add(&if quorum.rest_goes_on {
            Both::of(" (der Rest läuft weiter)", " (the rest goes on)")
        } else {
            Both::of(" (der Rest endet damit)", " (the rest ends with it)")
        });
    }
    said
}

/// Paths that meet.
pub(super) fn join_text(join: Join) -> Both {
    match join {
        Join::All => Both::of(
            "wartet, bis von jedem Schritt, der hierher führt, ein Weg da ist",
            "waits until a path has come from every step that leads here",
        ),
        Join::Inclusive => Both::of(
            "wartet auf alle Wege, die noch hierher kommen können",
            "waits for all paths that can still come here",
        ),
        Join::Count(count) => Both::of(
            format!("wartet, bis {count} Wege da sind"),
            format!("waits until {count} paths have come"),
        ),
    }
}

/// What a step tells others.
pub(super) fn raise_text(raise: &Raise) -> Both {
    match raise {
        Raise::Error(code) => Both::of(
            format!("hier endet der Weg mit dem Fehler „{code}“; der Abschnitt darum behandelt ihn"),
            format!("the path ends here with the error “{code}”; the part around it handles it"),
        ),
        Raise::Escalation(name) => Both::of(
            format!("meldet „{name}“ an den Abschnitt darum"),
            format!("escalates “{name}” to the part around it"),
        ),
        Raise::Signal(name) => {
            Both::of(format!("gibt das Signal „{name}“"), format!("raises the signal “{name}”"))
        }
        Raise::Message(message) => {
            let name = &message.name;
            match &message.key {
                Some(rule) => {
                    let rule = &rule.source;
                    Both::of(
                        format!("sendet die Nachricht „{name}“ an den Vorgang, der auf „{rule}“ wartet"),
                        format!("sends the message “{name}” to the case that waits for “{rule}”"),
                    )
                }
                None => Both::of(
                    format!("sendet die Nachricht „{name}“ an den Vorgang, aus dem dieser begonnen wurde"),
                    format!("sends the message “{name}” to the case that this one was begun from"),
                ),
            }
        }
    }
}
