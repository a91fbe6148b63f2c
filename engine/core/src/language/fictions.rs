//! Reads what silence grants (Genehmigungsfiktion): the act and its row of law, the deadline whose end it is, and the
//! certificate.

use std::sync::Arc;

use super::{
    compiler::Compiler,
    fields::{Fields, entries, text},
    kinds::read_period_from_day,
    yaml::Node,
};
use crate::{
    definition::{ExtensionKind, FictionKind, Handler, IssueKind, Kind, ScopeIx, Shape, TriggerKind},
    diagnostic::Span,
    law::{FictionLack, LegalData},
    words::Text,
};

impl Compiler<'_> {
    /// The row of law by which silence grants an act.
    pub fn fiction_of_act(&mut self, node: &Node, to: Option<&Node>) -> Option<Arc<str>> {
        let name = text(node, &mut self.problems)?.clone();
        if to.is_none() {
            self.problems
                .error(
                    &node.span,
                    "fiction_without_applicant",
                    Text::new(
                        "Wem Schweigen etwas erteilt, muss feststehen: Es fehlt „to“.",
                        "It must be known to whom silence grants something: `to` is missing.",
                    ),
                )
                .help(Text::new(
                    "Unter „to“ zuerst die Art von Beteiligten nennen, die den Antrag stellt: „to: each applicant“.",
                    "Name under `to` first the kind of party that applies: `to: each applicant`.",
                ));
        }
        let law = LegalData::built_in();
        let Err(lack) = law.fictions.anywhere(&name) else { return Some(name) };
        let (why, help) = (lack.text(), lack.help());
        let message = Text::new(format!("{}.", why.de), format!("{}.", why.en));
        let known: Vec<&str> = law.fictions.ids().collect();
        match lack {
            // An authority may have set it itself; whether it has, its deployment tells.
            FictionLack::Unknown { .. } => {
                let problem = self.problems.warning(&node.span, "fiction_unknown", message);
                problem.help(help).did_you_mean(&name, known);
            }
            _ => {
                self.problems.error(&node.span, "fiction_excluded", message).help(help);
            }
        }
        Some(name)
    }

    /// The row of law of an act that has one.
    pub fn fiction_row(&self, act: &str) -> Option<&Arc<str>> {
        self.acts.get(act)?.fiction.as_ref()
    }

    /// What an act refuses can be granted by silence, and what can be granted so can be refused.
    pub fn check_fictions(&mut self, node: &Node) {
        let kinds: Vec<_> = self
            .acts
            .iter()
            .map(|(name, kind)| (name.clone(), kind.fiction.clone(), kind.refuses.clone()))
            .collect();
        for (name, fiction, refuses) in &kinds {
            if let Some(refused) = refuses {
                if !self.acts.contains_key(refused) {
                    let all: Vec<Arc<str>> = self.acts.keys().cloned().collect();
                    self.problems
                        .error(
                            &node.span,
                            "unknown_act",
                            Text::new(
                                format!("Einen Bescheid „{refused}“, den „{name}“ versagt, gibt es nicht."),
                                format!("There is no act `{refused}`, which `{name}` refuses."),
                            ),
                        )
                        .did_you_mean(refused, all.iter().map(|name| &**name));
                } else if self.fiction_row(refused).is_none() {
                    self.without_fiction(node, refused);
                }
            }
            let is_refused = kinds.iter().any(|(_, _, refuses)| refuses.as_ref() == Some(name));
            if fiction.is_some() && !is_refused {
                self.problems
                    .warning(
                        &node.span,
                        "fiction_without_refusal",
                        Text::new(
                            format!("Kein Bescheid versagt „{name}“; dass nach der Genehmigungsfiktion nicht mehr versagt wird, lässt sich so nicht prüfen."),
                            format!("No act refuses `{name}`; so it cannot be checked that nothing is refused after silence has granted it."),
                        ),
                    )
                    .help(Text::new(
                        format!("Beim versagenden Bescheid „refuses: {name}“ angeben."),
                        format!("Write `refuses: {name}` at the act that refuses it."),
                    ));
            }
        }
    }

    fn without_fiction(&mut self, node: &Node, act: &str) {
        self.problems
            .error(
                &node.span,
                "act_without_fiction",
                Text::new(
                    format!("Bei „{act}“ steht keine Vorschrift, nach der Schweigen es erteilt."),
                    format!("`{act}` names no provision by which silence grants it."),
                ),
            )
            .help(Text::new(
                format!(
                    "Beim Bescheid unter „acts“ die Zeile der Rechtsdaten nennen: „{act}: {{ fiction: … }}“."
                ),
                format!("Name the row of the legal data at the act under `acts`: `{act}: {{ fiction: … }}`."),
            ));
    }

    /// `fiction: permit` of a deadline, with its `extension`.
    pub fn fiction_of_deadline(&mut self, fields: &Fields<'_>) -> Option<FictionKind> {
        let node = fields.get("fiction")?;
        let extension = fields.get("extension");
        for (name, de, en) in [
            ("period", "wie lang sie ist", "how long it is"),
            ("begin", "wie sie beginnt", "how it begins"),
            ("no_shift", "ob sich ihr Ende verschiebt", "whether its end moves"),
            ("statutory", "dass ein Gesetz sie setzt", "that a law sets it"),
            ("consequence", "wen die Folge trifft", "whom its end concerns"),
        ] {
            if let Some((key, _)) = fields.entry(name) {
                self.problems.error(
                    &key.span,
                    "fiction_says_it",
                    Text::new(
                        format!("Bei „fiction“ sagen die Rechtsdaten, {de}; „{name}“ steht hier nicht."),
                        format!("With `fiction`, the legal data say {en}; `{name}` does not stand here."),
                    ),
                );
            }
        }
        if fields.get("from").is_none() {
            self.problems
                .error(
                    &node.span,
                    "fiction_start_needed",
                    Text::new(
                        "Es steht nicht da, an welchem Tag die Frist beginnt.",
                        "It does not say on which day the period begins.",
                    ),
                )
                .help(Text::new(
                    "„from: { day: … }“ mit dem Tag, an dem die letzte Unterlage des Antragstellers eingegangen ist, oder „file.received_on“, wo der Eingang genügt.",
                    "Write `from: { day: … }` with the day on which the last document of the applicant came in, or `file.received_on` where the receipt does.",
                ));
        }
        let act = self.known_act(node)?;
        let Some(row) = self.fiction_row(&act).cloned() else {
            self.without_fiction(node, &act);
            return None;
        };
        let extension = extension.and_then(|node| self.extension(node, &row));
        Some(FictionKind { act, row, extension })
    }

    /// `{ letter: tell, by: …, reason: … }`; with `allowed: false` there is none.
    fn extension(&mut self, node: &Node, row: &str) -> Option<ExtensionKind> {
        let fields = Fields::of(node, &mut self.problems)?;
        let allowed = fields.flag("allowed", true, &mut self.problems);
        let letter = fields.need("letter", &mut self.problems);
        let by = fields.need("by", &mut self.problems);
        let reason = fields.need("reason", &mut self.problems);
        fields.finish(&mut self.problems);
        let letter = letter.and_then(|node| self.step_named(node));
        let by = by.and_then(|node| self.period(node, read_period_from_day));
        let reason = reason.and_then(|node| self.dynamic(node));
        if !allowed {
            return None;
        }
        let law = LegalData::built_in();
        if law.fictions.anywhere(row).is_ok_and(|granted| granted.extension.is_none()) {
            self.problems
                .error(
                    &node.span,
                    "fiction_not_extendable",
                    Text::new(
                        format!("Nach den Rechtsdaten („{row}“) kann diese Frist nicht verlängert werden."),
                        format!("By the legal data (`{row}`) this period cannot be extended."),
                    ),
                )
                .help(Text::new(
                    "„extension“ weglassen (im Baustein: „extendable: false“) und vor dem Ende entscheiden.",
                    "Leave `extension` out (in the block: `extendable: false`) and decide before the end.",
                ));
        }
        Some(ExtensionKind { letter: letter?, by: by?, reason: reason? })
    }

    /// A step that certifies that an act counts as granted (§ 42a Abs. 3 VwVfG).
    pub fn certify(&mut self, node: &Node, fields: &Fields<'_>) -> Option<IssueKind> {
        let act = self.known_act(node)?;
        if self.fiction_row(&act).is_none() {
            self.without_fiction(node, &act);
        }
        let with = fields.need("with", &mut self.problems)?;
        let letter = self.letter_of_act(with)?;
        let inner = Fields::of(with, &mut self.problems)?;
        let to = inner.get("to").and_then(|node| self.dynamic(node));
        for (key, _) in entries(with, &mut self.problems) {
            if ["decision", "conditions", "fee", "remedy", "further"].contains(&&*key.text) {
                let name = &key.text;
                self.problems.error(
                    &key.span,
                    "unknown_key",
                    Text::new(
                        format!("Eine Bescheinigung entscheidet nichts; „{name}“ steht hier nicht."),
                        format!("A certificate decides nothing; `{name}` does not stand here."),
                    ),
                );
            }
        }
        Some(IssueKind {
            act,
            decision: None,
            conditions: None,
            fee: None,
            period: None,
            to,
            letter,
            further: Vec::new(),
            certifies: true,
        })
    }

    /// What silence grants is told by the step at which the period runs: two at one would be one.
    pub fn one_fiction(&mut self, node: &Node, handlers: &[Handler]) {
        let grants =
            |it: &&Handler| matches!(&it.trigger, TriggerKind::Deadline(kind) if kind.fiction.is_some());
        if handlers.iter().filter(grants).count() < 2 {
            return;
        }
        self.problems
            .refused_anew(
                &node.span,
                "fictions_at_one_step",
                Text::new(
                    "An einem Schritt kann nur eine Frist laufen, nach der etwas als erteilt gilt.",
                    "At one step only one period can run after which something counts as granted.",
                ),
            )
            .help(Text::new(
                "Für jeden Bescheid einen eigenen Warteschritt in einem Zweig daneben (fork) laufen lassen.",
                "Let each act have a wait step of its own, in a branch beside (fork).",
            ));
    }

    /// What is decided of an act of a kind is decided for the case: rounds of an `each` have none of their own.
    fn no_fiction_in_rounds(&mut self) {
        let grants = |handlers: &[Handler]| {
            let of =
                |it: &Handler| matches!(&it.trigger, TriggerKind::Deadline(kind) if kind.fiction.is_some());
            handlers.iter().find(|it| of(it)).map(|it| it.span.clone())
        };
        let in_rounds = |mut at: ScopeIx| loop {
            let scope = &self.scopes[at.0 as usize];
            let Some(owner) = scope.owner else { return false };
            if matches!(scope.shape, Shape::Each(_)) {
                return true;
            }
            at = self.steps[owner.0 as usize].scope;
        };
        let of_steps = self.steps.iter().filter_map(|step| match &step.kind {
            Kind::Wait(waits) => Some((grants(waits)?, step.scope)),
            _ => None,
        });
        let of_scopes = self
            .scopes
            .iter()
            .zip(0..)
            .filter_map(|(scope, ix)| Some((grants(&scope.handlers)?, ScopeIx(ix))));
        let found: Vec<Span> =
            of_steps.chain(of_scopes).filter(|(_, at)| in_rounds(*at)).map(|(span, _)| span).collect();
        for span in found {
            self.problems
                .refused_anew(
                    &span,
                    "fiction_in_rounds",
                    Text::new(
                        "Eine Frist, nach der etwas als erteilt gilt, kann nicht in den Runden eines „each“ laufen.",
                        "A period after which something counts as granted cannot run in the rounds of an `each`.",
                    ),
                )
                .help(Text::new(
                    "Die Frist neben den Runden laufen lassen, oder für jeden Gegenstand einen eigenen Vorgang beginnen (call).",
                    "Let the period run beside the rounds, or begin a case of its own for each (call).",
                ));
        }
    }

    /// An act that silence grants needs the deadline at whose end it does.
    pub fn check_fictions_run(&mut self, acts: Option<&Node>) {
        let Some(node) = acts.filter(|_| !self.problems.has_errors()) else { return };
        self.no_fiction_in_rounds();
        let runs = |act: &Arc<str>, trigger: &TriggerKind| match trigger {
            TriggerKind::Deadline(kind) => kind.fiction.as_ref().is_some_and(|fiction| fiction.act == *act),
            _ => false,
        };
        let of_steps = self.steps.iter().flat_map(|step| match &step.kind {
            Kind::Wait(waits) => waits.as_slice(),
            _ => &[],
        });
        let of_case = self.scopes.first().map(|root| root.handlers.as_slice()).unwrap_or_default();
        let at_case = of_case
            .iter()
            .any(|handler| matches!(&handler.trigger, TriggerKind::Deadline(kind) if kind.fiction.is_some()));
        let of_scopes = self.scopes.iter().flat_map(|scope| scope.handlers.as_slice());
        let handlers: Vec<_> = of_steps.chain(of_scopes).collect();
        let without: Vec<Arc<str>> = self
            .acts
            .iter()
            .filter(|(name, kind)| {
                kind.fiction.is_some() && !handlers.iter().any(|it| runs(name, &it.trigger))
            })
            .map(|(name, _)| name.clone())
            .collect();
        if at_case {
            self.problems
                .error(
                    &node.span,
                    "fiction_at_the_case",
                    Text::new(
                        "Die Frist, nach der etwas als erteilt gilt, steht unter „always“; sie liefe auch weiter, wenn entschieden ist.",
                        "The period after which something counts as granted stands under `always`; it would run on when it is decided.",
                    ),
                )
                .help(Text::new(
                    "In einen Warteschritt oder eine Gruppe neben der Bearbeitung stellen, meist mit dem Baustein „approval-by-fiction“.",
                    "Put it into a wait step or a group beside the work, mostly by the block `approval-by-fiction`.",
                ));
        }
        for name in without {
            self.problems
                .warning(
                    &node.span,
                    "fiction_without_deadline",
                    Text::new(
                        format!("„{name}“ gilt nach einer Frist als erteilt; in diesem Verfahren läuft sie nirgends."),
                        format!("`{name}` counts as granted after a period; in this process it runs nowhere."),
                    ),
                )
                .help(Text::new(
                    format!("Den Baustein „approval-by-fiction“ neben der Bearbeitung laufen lassen, oder eine Frist mit „fiction: {name}“."),
                    format!("Let the block `approval-by-fiction` run beside the work, or a deadline with `fiction: {name}`."),
                ));
        }
    }
}
