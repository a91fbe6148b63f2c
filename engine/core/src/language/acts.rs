//! Reads the parties and acts of a process, and the steps that issue acts.

use std::sync::Arc;

use fachwerk_deadlines::NotificationLaw;

use super::{
    compiler::Compiler,
    fields::{Fields, check_id, entries, text, wrong_kind},
    kinds::read_period_from_day,
    names::ALL_ACTS,
    yaml::{Kind as NodeKind, Node},
};
use crate::{
    definition::{ActKind, Cardinality, Dynamic, FurtherAct, Hearing, IssueKind, Kind, PartyKind, Sphere},
    diagnostic::Problems,
    law::{GENERAL, LegalData, citation::shown},
    procedure::{names_provision, procedure},
    schema::{ObjectType, Type},
    words::{Text, Value},
};

/// What stands under `with` of a step that issues an act and is not for the letter.
const OF_THE_ACT: [&str; 6] = ["decision", "conditions", "fee", "remedy", "to", "further"];
/// What stands under `further` for each act that is issued by the letters of another one.
const OF_A_PART: [&str; 2] = ["when", "body"];

impl Compiler<'_> {
    /// Reads `parties` and `acts`; steps and rules name them.
    pub fn parties_and_acts(&mut self, fields: &Fields<'_>, settings: &ObjectType) {
        if let Some(node) = fields.get("parties") {
            for (key, node) in entries(node, &mut self.problems) {
                check_id(key, &mut self.problems);
                let kind = self.party_kind(&key.text, node);
                self.parties.extend(kind);
            }
        }
        if let Some(node) = fields.get("acts") {
            for (key, node) in entries(node, &mut self.problems) {
                check_id(key, &mut self.problems);
                if &*key.text == ALL_ACTS {
                    self.problems.error(&key.span, "name_taken", Text::new(
                        format!("„{ALL_ACTS}“ steht in Regeln für alle Bescheide; eine Art von Bescheid kann nicht so heißen."),
                        format!("`{ALL_ACTS}` means all acts in rules; a kind of act cannot be called so."),
                    ));
                }
                let kind = self.act_kind(node, settings);
                self.acts.extend(kind.map(|kind| (key.text.clone(), kind)));
            }
            self.check_order_of_acts(node);
            self.check_fictions(node);
        }
    }

    /// `1..`, or `{ count: 1.., title, from: rule }`.
    fn party_kind(&mut self, name: &Arc<str>, node: &Node) -> Option<PartyKind> {
        if !matches!(node.kind, NodeKind::Map(_)) {
            let count = read_count(node, &mut self.problems)?;
            return Some(PartyKind { name: name.clone(), title: None, count, from: None });
        }
        let fields = Fields::of(node, &mut self.problems)?;
        let count = fields.need("count", &mut self.problems);
        let count = count.and_then(|node| read_count(node, &mut self.problems));
        let title = fields.words("title", &mut self.problems);
        let from = fields.get("from").and_then(|node| self.expression(node));
        fields.finish(&mut self.problems);
        Some(PartyKind { name: name.clone(), title, count: count?, from })
    }

    fn act_kind(&mut self, node: &Node, settings: &ObjectType) -> Option<ActKind> {
        let problems = &mut self.problems;
        let fields = Fields::of(node, problems)?;
        let title = fields.words("title", problems);
        let law_node = fields.need("law", problems);
        let law = law_node.and_then(|node| text(node, problems)).cloned();
        let sphere = fields.need("sphere", problems).and_then(|node| read_sphere(node, problems));
        let after = fields.text("after", problems).cloned();
        let notification = match fields.get("notification") {
            Some(node) => read_notification(node, problems),
            None => law.as_ref().and_then(|law| {
                let found = notification_of(law);
                if let (None, Some(node)) = (found, law_node) {
                    notification_needed(law, node, problems);
                }
                found
            }),
        };
        let automated = fields.get("automated").and_then(|node| read_provision(node, problems));
        let discretion = fields.flag("discretion", false, problems);
        let said = fields.get("adverse").is_some().then(|| fields.flag("adverse", false, problems));
        let subject = match fields.get("subject") {
            Some(node) => read_subject(node, problems)?,
            None => law.as_deref().map_or(GENERAL, usual_subject).into(),
        };
        let instruction = fields.get("instruction").and_then(|node| self.setting_with_text(node, settings));
        let to_node = fields.get("to");
        let to = fields.items("to").iter().filter_map(|item| self.each_party(item)).collect();
        let hearing = match fields.get("hearing") {
            Some(node) if matches!(node.kind, NodeKind::Map(_)) => self.no_hearing(node, notification),
            _ => self.hearing_in(fields.items("hearing")),
        };
        let fiction = fields.get("fiction").and_then(|node| self.fiction_of_act(node, to_node));
        let refuses = fields.text("refuses", &mut self.problems).cloned();
        fields.finish(&mut self.problems);
        Some(ActKind {
            title,
            law: law?,
            notification: notification?,
            sphere: sphere?,
            to,
            after,
            automated,
            discretion,
            adverse: said.or(hearing.as_ref().map(|_| true)),
            hearing,
            subject,
            instruction,
            fiction,
            refuses,
        })
    }

    /// The name of a setting that holds a text.
    fn setting_with_text(&mut self, node: &Node, settings: &ObjectType) -> Option<Arc<str>> {
        let name = text(node, &mut self.problems)?;
        let texts = settings.fields.iter().filter(|field| matches!(field.ty, Type::Text { .. }));
        let texts: Vec<&str> = texts.map(|field| &*field.name).collect();
        if !texts.contains(&&**name) {
            self.problems
                .error(
                    &node.span,
                    "unknown_setting",
                    Text::new(
                        format!(
                            "Eine Einstellung „{name}“ mit einem Text gibt es in diesem Verfahren nicht."
                        ),
                        format!("This process has no setting `{name}` that is a text."),
                    ),
                )
                .did_you_mean(name, texts);
        }
        Some(name.clone())
    }

    /// `step` or `[steps]`.
    fn hearing_in(&mut self, items: &[Node]) -> Option<Hearing> {
        let mut steps = Vec::new();
        for item in items {
            if let Some(step) = self.step_named(item) {
                self.hearings.push((step.clone(), item.span.clone()));
                steps.push(step);
            }
        }
        (!steps.is_empty()).then_some(Hearing::Steps(steps))
    }

    /// `{ not_needed: provision }`.
    fn no_hearing(&mut self, node: &Node, law: Option<NotificationLaw>) -> Option<Hearing> {
        let fields = Fields::of(node, &mut self.problems)?;
        let written = fields.need("not_needed", &mut self.problems);
        let provision = written.and_then(|node| read_provision(node, &mut self.problems));
        fields.finish(&mut self.problems);
        let (written, provision) = (written?, provision?);
        let hearing = law.and_then(procedure).map(|law| &law.hearing);
        if let Some(hearing) = hearing.filter(|hearing| !hearing.is_exception(&provision)) {
            let (norm, known) = (&hearing.norm, hearing.exceptions.join(", "));
            self.problems
                .error(
                    &written.span,
                    "hearing_exception_unknown",
                    Text::new(
                        format!("„{provision}“ ist keine Ausnahme von der Anhörung nach {norm}."),
                        format!("`{provision}` is no exception from the hearing under {norm}."),
                    ),
                )
                .help(Text::new(format!("Möglich sind: {known}."), format!("Possible are: {known}.")));
        }
        Some(Hearing::NotNeeded(provision))
    }

    /// Somebody is heard in a step that waits for them: a letter alone, or a rule, is no hearing.
    pub fn check_hearings(&mut self) {
        for (path, span) in std::mem::take(&mut self.hearings) {
            let step = self.steps.iter().find(|step| step.path == path);
            let hears =
                |kind: &Kind| matches!(kind, Kind::Task(_) | Kind::Wait(_) | Kind::Scope(_) | Kind::Call(_));
            if step.is_none_or(|step| hears(&step.kind)) {
                continue;
            }
            self.problems
                .error(&span, "hearing_without_answer", Text::new(
                    format!("Im Schritt „{path}“ kann sich niemand äußern; er ist keine Anhörung."),
                    format!("Nobody can answer in the step `{path}`; it is no hearing."),
                ))
                .help(Text::new(
                    "Den Schritt nennen, in dem auf die Äußerung gewartet oder festgehalten wird, warum sie entbehrlich ist: eine Aufgabe, ein Warten, eine Gruppe oder ein Baustein.",
                    "Name the step that waits for the answer, or in which it is recorded why none is needed: a task, a wait, a group or a block.",
                ));
        }
    }

    /// `each applicant`.
    fn each_party(&mut self, node: &Node) -> Option<Arc<str>> {
        let said = text(node, &mut self.problems)?;
        let name = said.strip_prefix("each ").map_or(&**said, str::trim);
        let known = self.parties.iter().find(|kind| *kind.name == *name);
        if known.is_none() {
            self.problems
                .error(
                    &node.span,
                    "unknown_party",
                    Text::new(
                        format!("Eine Art von Beteiligten „{name}“ gibt es in diesem Verfahren nicht."),
                        format!("This process has no kind of party `{name}`."),
                    ),
                )
                .did_you_mean(name, self.parties.iter().map(|kind| &*kind.name));
        }
        known.map(|kind| kind.name.clone())
    }

    fn check_order_of_acts(&mut self, node: &Node) {
        if let Some(circle) = self.circle_of_acts() {
            self.problems.error(
                &node.span,
                "acts_in_a_circle",
                Text::new(
                    format!("Der Bescheid „{circle}“ soll nach sich selbst kommen („after“ führt im Kreis)."),
                    format!("The act `{circle}` shall come after itself: `after` goes in a circle."),
                ),
            );
        }
        for kind in self.acts.values() {
            let Some(first) = kind.after.as_ref().filter(|first| !self.acts.contains_key(*first)) else {
                continue;
            };
            self.problems
                .error(
                    &node.span,
                    "unknown_act",
                    Text::new(
                        format!("Einen Bescheid „{first}“ (nach dem ein anderer kommen soll) gibt es nicht."),
                        format!("There is no act `{first}`, after which another one shall come."),
                    ),
                )
                .did_you_mean(first, self.acts.keys().map(|name| &**name));
        }
    }

    /// The first act that comes after itself, whatever lies between.
    fn circle_of_acts(&self) -> Option<Arc<str>> {
        let after = |name: &Arc<str>| self.acts.get(name).and_then(|kind| kind.after.clone());
        let comes_back = |name: &&Arc<str>| {
            let before = std::iter::successors(after(name), after);
            // A circle that the act itself is not in would never end.
            before.take(self.acts.len()).any(|before| before == **name)
        };
        self.acts.keys().find(comes_back).cloned()
    }

    /// An act that no step issues is probably forgotten.
    pub fn check_acts_are_issued(&mut self, node: Option<&Node>) {
        let NodeKind::Map(written) = node.map_or(&NodeKind::Null, |node| &node.kind) else { return };
        for (key, _) in written {
            let issues =
                |kind: &Kind| matches!(kind, Kind::Issue(issue) if issue.each().any(|it| it.act == key.text));
            if self.steps.iter().any(|step| issues(&step.kind)) {
                continue;
            }
            let name = &key.text;
            self.problems
                .warning(
                    &key.span,
                    "act_never_issued",
                    Text::new(
                        format!("Den Bescheid „{name}“ erlässt kein Schritt."),
                        format!("No step issues the act `{name}`."),
                    ),
                )
                .help(Text::new(
                    format!("Ein Schritt mit „issue: {name}“ erlässt ihn."),
                    format!("A step with `issue: {name}` issues it."),
                ));
        }
    }

    /// Reads a step that issues an act, or several by the same letters (`issue: [permit, fee]`).
    pub fn issue(&mut self, node: &Node, fields: &Fields<'_>) -> Option<IssueKind> {
        let named = match &node.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let Some((first, rest)) = named.split_first() else {
            wrong_kind(node, &Text::new("ein Bescheid", "an act"), &mut self.problems);
            return None;
        };
        let act = self.known_act(first)?;
        let has_addressees = self.acts.get(&act).is_some_and(|kind| !kind.to.is_empty());
        let with = fields.need("with", &mut self.problems)?;
        let letter = self.letter_of_act(with)?;
        let inner = Fields::of(with, &mut self.problems)?;
        let to = inner.get("to").and_then(|node| self.dynamic(node));
        if to.is_none() && !has_addressees {
            let problem = self.problems.error(
                &node.span,
                "act_without_addressee",
                Text::new(
                    format!("Es steht nicht da, an wen „{act}“ geht."),
                    format!("It does not say whom `{act}` is for."),
                ),
            );
            problem.help(Text::new(
                "Beim Bescheid unter „acts“ ein „to: each …“ mit einer Art von Beteiligten, oder hier „to“ mit einer Regel.",
                "Write `to: each ...` with a kind of party at the act under `acts`, or `to` with a rule here.",
            ));
        }
        let further = self.further_acts(rest, &act, (with, inner.get("further")));
        Some(IssueKind { to, letter, further, ..self.said_of_act(act, &inner) })
    }

    /// What an act says besides its letters.
    fn said_of_act(&mut self, act: Arc<str>, inner: &Fields<'_>) -> IssueKind {
        IssueKind {
            act,
            decision: inner.get("decision").and_then(|node| self.dynamic(node)),
            conditions: inner.get("conditions").and_then(|node| self.dynamic(node)),
            fee: inner.get("fee").and_then(|node| self.dynamic(node)),
            period: self.remedy_period(inner.get("remedy")),
            to: None,
            letter: Dynamic::Constant(Value::Null),
            further: Vec::new(),
            certifies: false,
        }
    }

    /// A kind of act that a step names.
    pub(super) fn known_act(&mut self, node: &Node) -> Option<Arc<str>> {
        let act = text(node, &mut self.problems)?.clone();
        if self.acts.contains_key(&act) {
            return Some(act);
        }
        self.problems
            .error(
                &node.span,
                "unknown_act",
                Text::new(
                    format!("Einen Bescheid „{act}“ kennt dieses Verfahren nicht (siehe „acts“)."),
                    format!("This process has no act `{act}` (see `acts`)."),
                ),
            )
            .did_you_mean(&act, self.acts.keys().map(|name| &**name));
        None
    }

    /// The acts that are issued by the letters of the first one: what each says stands under `further`.
    fn further_acts(
        &mut self,
        named: &[Node],
        first: &Arc<str>,
        (with, node): (&Node, Option<&Node>),
    ) -> Vec<FurtherAct> {
        let written = node.map_or(&[][..], |node| entries(node, &mut self.problems));
        let acts: Vec<(Arc<str>, &Node)> =
            named.iter().filter_map(|node| Some((self.known_act(node)?, node))).collect();
        for (key, _) in written.iter().filter(|(key, _)| acts.iter().all(|(act, _)| *act != key.text)) {
            let name = &key.text;
            self.problems.error(
                &key.span,
                "unknown_key",
                Text::new(
                    format!("„{name}“ steht nicht bei „issue“, oder als Erstes."),
                    format!("`{name}` does not stand at `issue`, or is the first one."),
                ),
            );
        }
        let mut found = Vec::new();
        for (act, span) in acts.iter().map(|(act, node)| (act, &node.span)) {
            let twice = act == first || found.iter().any(|known: &FurtherAct| known.said.act == *act);
            if twice {
                self.problems.error(
                    span,
                    "act_twice",
                    Text::new(format!("„{act}“ steht zweimal hier."), format!("`{act}` stands here twice.")),
                );
                continue;
            }
            let parties = |act: &Arc<str>| self.acts.get(act).map(|kind| kind.to.clone());
            if parties(act).is_some_and(|to| !to.is_empty()) && parties(act) != parties(first) {
                self.problems.error(
                    span,
                    "other_addressees",
                    Text::new(
                        format!("„{act}“ und „{first}“ gehen in einem Schreiben an dieselben Beteiligten; „to“ sagt etwas anderes."),
                        format!("By one letter `{act}` and `{first}` go to the same parties; `to` says something else."),
                    ),
                );
            }
            let part = written.iter().find(|(key, _)| key.text == *act).map(|(_, node)| node);
            let Some(part) = part else {
                self.problems.error(
                    &with.span,
                    "missing_key",
                    Text::new(
                        format!("Hier fehlt „further“ mit „{act}“: was dieser Bescheid sagt."),
                        format!("`further` with `{act}` is missing here: what this act says."),
                    ),
                );
                continue;
            };
            found.extend(self.further_act(act.clone(), part));
        }
        found
    }

    fn further_act(&mut self, act: Arc<str>, node: &Node) -> Option<FurtherAct> {
        let inner = Fields::of(node, &mut self.problems)?;
        let body = inner.need("body", &mut self.problems).and_then(|node| self.dynamic(node));
        let when = inner.get("when").and_then(|node| self.expression(node));
        let said = self.said_of_act(act, &inner);
        for (key, _) in entries(node, &mut self.problems) {
            let known = OF_THE_ACT[..4].iter().chain(&OF_A_PART).any(|known| **known == *key.text);
            if !known {
                let name = &key.text;
                self.problems.error(
                    &key.span,
                    "unknown_key",
                    Text::new(
                        format!("„{name}“ ist hier nicht bekannt."),
                        format!("`{name}` is not known here."),
                    ),
                );
            }
        }
        Some(FurtherAct { when, said: IssueKind { letter: body?, ..said } })
    }

    /// What the connector for letters gets; the addressee is known from the parties.
    pub(super) fn letter_of_act(&mut self, with: &Node) -> Option<Dynamic> {
        let NodeKind::Map(written) = &with.kind else {
            let expected = Text::new("eine Zuordnung (Schlüssel: Wert)", "a mapping (key: value)");
            wrong_kind(with, &expected, &mut self.problems);
            return None;
        };
        let letter: Vec<_> =
            written.iter().filter(|(key, _)| !OF_THE_ACT.contains(&&*key.text)).cloned().collect();
        for needed in ["title", "body"] {
            if !letter.iter().any(|(key, _)| &*key.text == needed) {
                self.problems.error(
                    &with.span,
                    "missing_key",
                    Text::new(format!("Hier fehlt „{needed}“."), format!("`{needed}` is missing here.")),
                );
            }
        }
        for (key, _) in letter.iter().filter(|(key, _)| ["addressee", "direction"].contains(&&*key.text)) {
            let name = &key.text;
            self.problems.error(
                &key.span,
                "unknown_key",
                Text::new(
                    format!("„{name}“ ergibt sich aus den Beteiligten und steht hier nicht."),
                    format!("`{name}` follows from the parties and does not stand here."),
                ),
            );
        }
        let fields = letter.iter().map(|(key, node)| Some((key.text.clone(), self.dynamic(node)?)));
        fields.collect::<Option<_>>().map(Dynamic::Map)
    }

    /// `{ period: 1 month }`.
    fn remedy_period(&mut self, node: Option<&Node>) -> Option<Dynamic> {
        let fields = Fields::of(node?, &mut self.problems)?;
        let period = fields.get("period");
        fields.finish(&mut self.problems);
        self.period(period?, read_period_from_day)
    }
}

/// `1`, `1..` or `0..3`.
fn read_count(node: &Node, problems: &mut Problems) -> Option<Cardinality> {
    let source = node.to_value();
    let source = source.as_str().map_or_else(|| source.to_string(), str::to_owned);
    let found = match source.split_once("..") {
        None => source.parse().ok().map(|exactly| Cardinality { min: exactly, max: Some(exactly) }),
        Some((min, "")) => min.parse().ok().map(|min| Cardinality { min, max: None }),
        Some((min, max)) => match (min.parse(), max.parse()) {
            (Ok(min), Ok(max)) if min <= max => Some(Cardinality { min, max: Some(max) }),
            _ => None,
        },
    };
    if found.is_none() {
        problems.error(
            &node.span,
            "cardinality_invalid",
            Text::new(
                format!("„{source}“ ist keine Anzahl; möglich sind „1“, „0..“ oder „1..3“."),
                format!("`{source}` is not a number of parties; possible are `1`, `0..` or `1..3`."),
            ),
        );
    }
    found
}

/// The law by which acts of a law are notified, where that is plain: charges of municipalities by the AO, which the KAG
/// of the Länder refer to; administrative costs by the VwVfG, since the laws of costs say nothing of notification.
fn notification_of(law: &str) -> Option<NotificationLaw> {
    let begins = |name: &str| {
        law.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-']))
    };
    let own = NotificationLaw::ALL.into_iter().find(|known| begins(known.code()));
    let charges = begins("KAG").then_some(NotificationLaw::AO);
    let costs = begins("VwKostG").then_some(NotificationLaw::VwVfG);
    own.or(charges).or(costs)
}

fn notification_needed(law: &str, node: &Node, problems: &mut Problems) {
    let known = NotificationLaw::ALL.map(NotificationLaw::code).join(", ");
    let problem = problems.error(
        &node.span,
        "notification_law_needed",
        Text::new(
            format!(
                "Nach welchem Recht ein Bescheid nach „{law}“ bekannt gegeben wird, ist nicht hinterlegt."
            ),
            format!("It is not on record by which law an act under `{law}` is notified."),
        ),
    );
    problem.help(Text::new(
        format!("Dazuschreiben: „notification:“ mit einem von {known}."),
        format!("Add `notification:` with one of {known}."),
    ));
}

/// The law of notification that a value names.
pub fn read_notification(node: &Node, problems: &mut Problems) -> Option<NotificationLaw> {
    let name = text(node, problems)?;
    let found = NotificationLaw::ALL.into_iter().find(|law| law.code() == &**name);
    if found.is_none() {
        problems
            .error(
                &node.span,
                "unknown_law",
                Text::new(
                    format!("Ein Verfahrensrecht „{name}“ ist nicht hinterlegt."),
                    format!("No procedural law `{name}` is on record."),
                ),
            )
            .did_you_mean(name, NotificationLaw::ALL.map(NotificationLaw::code));
    }
    found
}

/// A provision, as people cite it.
fn read_provision(node: &Node, problems: &mut Problems) -> Option<Arc<str>> {
    let written = text(node, problems)?;
    if !names_provision(written) {
        problems
            .error(
                &node.span,
                "provision_expected",
                Text::new(
                    format!("„{written}“ nennt keine Vorschrift."),
                    format!("`{written}` names no provision."),
                ),
            )
            .help(Text::new(
                "Gesetz und Paragraf nennen, zum Beispiel „VwVfG § 28 Abs. 2 Nr. 1“.",
                "Name law and section, for example `VwVfG § 28 Abs. 2 Nr. 1`.",
            ));
    }
    Some(shown(written))
}

/// What an act is about when it does not say so: what laws of charges give rise to are charges, and matters of social law have
/// remedies of their own. Taxes by the AO itself are not for municipalities; no row is on record for them.
fn usual_subject(law: &str) -> &'static str {
    let begins = |names: &[&str]| names.iter().any(|name| law.starts_with(name));
    match law {
        "AO" => "taxes",
        _ if begins(&["KAG", "VwKostG"]) => "charges",
        _ if begins(&["SGBX", "SGB X"]) => "social",
        _ => GENERAL,
    }
}

/// What an act is about, as far as the remedy depends on it.
fn read_subject(node: &Node, problems: &mut Problems) -> Option<Arc<str>> {
    let name = text(node, problems)?;
    let law = LegalData::built_in();
    if !law.remedies.subjects().any(|known| *known == **name) {
        let known = law.remedies.subjects().collect::<Vec<_>>().join(", ");
        problems
            .error(
                &node.span,
                "unknown_subject",
                Text::new(
                    format!("Einen Gegenstand „{name}“ kennen die Rechtsdaten nicht."),
                    format!("The legal data know no subject `{name}`."),
                ),
            )
            .help(Text::new(format!("Möglich sind: {known}."), format!("Possible are: {known}.")))
            .did_you_mean(name, law.remedies.subjects());
    }
    Some(name.clone())
}

fn read_sphere(node: &Node, problems: &mut Problems) -> Option<Sphere> {
    let name = text(node, problems)?;
    match &**name {
        "own" => Some(Sphere::Own),
        "transferred" => Some(Sphere::Transferred),
        other => {
            problems
                .error(
                    &node.span,
                    "unknown_sphere",
                    Text::new(
                        "Der Wirkungskreis ist „own“ (eigener) oder „transferred“ (übertragener).",
                        "The sphere is `own` or `transferred`.",
                    ),
                )
                .did_you_mean(other, ["own", "transferred"]);
            None
        }
    }
}
