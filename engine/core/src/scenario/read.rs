//! Reads scenarios.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_deadlines::{Period, Way};
use jiff::civil::DateTime;

use super::{Action, Ask, Ended, Expectation, Move, Scenario, ViewDeadline, What, after::BEGINNINGS};
use crate::{
    diagnostic::{Diagnostic, Problems, Severity, Span},
    language::{Fields, Folder, Node, NodeKind, read_entries, read_items, read_text, read_yaml},
    words::{Date, Object, PersonId, RoleId, StepPath, Text, Value},
};

/// Reads the scenario in a file of a folder. Paths in it are relative to the scenario.
pub fn read(folder: &Folder, path: &str) -> (Option<Scenario>, Vec<Diagnostic>) {
    let mut problems = Problems::default();
    let base = path.rsplit_once('/').map_or("", |(base, _)| base);
    let reader = Reader { folder, base };
    let scenario = folder
        .read_yaml(path, 0, &mut problems)
        .and_then(|node| reader.with_beginning(node, &mut problems))
        .and_then(|node| reader.scenario(&node, &mut problems))
        .filter(|_| !problems.has_errors());
    (scenario, problems.into_sorted())
}

/// A warning when a process has no scenario: nothing shows then that it does what it shall.
pub fn without_scenario(process: &Folder) -> Option<Diagnostic> {
    let shown = process.files.keys().any(|path| is_scenario(path));
    // Where there is no process either, that is told.
    (!shown && process.files.contains_key("process.yaml")).then(|| Diagnostic {
        help: Some(Text::new(
            "Mindestens einen Vorgang als Szenario in den Ordner „scenarios“ legen.",
            "Put at least one case as a scenario into the folder `scenarios`.",
        )),
        ..Diagnostic::new(
            Severity::Warning,
            Span::file(process.file_name("process.yaml")),
            "process_without_scenario",
            Text::new(
                "Das Verfahren hat kein Szenario; nichts zeigt, dass es tut, was es soll.",
                "The process has no scenario; nothing shows that it does what it shall.",
            ),
        )
    })
}

/// Whether a file of a folder is a scenario, and no beginning that scenarios share.
pub fn is_scenario(path: &str) -> bool {
    path.starts_with("scenarios/") && path.ends_with(".yaml") && !path.starts_with(BEGINNINGS)
}

/// Reads a JSON object from text: data for a case.
pub fn read_json(name: &str, bytes: &[u8]) -> Result<Object, Vec<Diagnostic>> {
    let mut problems = Problems::default();
    let node = read_yaml(&name.into(), bytes, 0, &mut problems);
    match node.map(|node| node.to_value()) {
        Some(Value::Object(object)) if !problems.has_errors() => Ok(object),
        _ => {
            if problems.is_empty() {
                let span = Span::file(name);
                problems.error(
                    &span,
                    "wrong_kind",
                    Text::new("Hier wird ein Objekt erwartet.", "Expected an object."),
                );
            }
            Err(problems.into_sorted())
        }
    }
}

/// The people of an authority, as a file names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Their roles.
    pub roles: BTreeMap<PersonId, BTreeSet<RoleId>>,
    /// Who stands in when one of them is away.
    pub substitutes: BTreeMap<PersonId, PersonId>,
}

/// Reads people with their roles: `{ jan: [clerk], mia: { roles: [clerk, lead], substitute: jan } }`.
pub fn read_people(name: &str, bytes: &[u8]) -> (People, Vec<Diagnostic>) {
    let mut problems = Problems::default();
    let (mut people, mut named) = (People::default(), Vec::new());
    let node = read_yaml(&name.into(), bytes, 0, &mut problems);
    for (key, node) in node.as_ref().map_or(&[][..], |node| read_entries(node, &mut problems)) {
        let person = PersonId::from(&*key.text);
        let roles = match &node.kind {
            NodeKind::Map(_) => Fields::of(node, &mut problems).map(|fields| {
                let roles = fields.need("roles", &mut problems).map(|node| roles(node, &mut problems));
                named.extend(fields.get("substitute").map(|node| (person.clone(), node)));
                fields.finish(&mut problems);
                roles.unwrap_or_default()
            }),
            _ => Some(roles(node, &mut problems)),
        };
        people.roles.insert(person, roles.unwrap_or_default());
    }
    for (person, node) in named {
        let Some(substitute) = read_text(node, &mut problems) else { continue };
        let id = PersonId::from(&**substitute);
        if people.roles.contains_key(&id) && id != person {
            people.substitutes.insert(person, id);
            continue;
        }
        let message = Text::new(
            format!("„{substitute}“ kann „{person}“ nicht vertreten."),
            format!("`{substitute}` cannot stand in for `{person}`."),
        );
        let known = people.roles.keys().filter(|known| **known != person).map(PersonId::as_str);
        problems.error(&node.span, "unknown_person", message).did_you_mean(substitute, known);
    }
    (people, problems.into_sorted())
}

pub(super) struct Reader<'a> {
    pub(super) folder: &'a Folder,
    base: &'a str,
}

impl Reader<'_> {
    fn scenario(&self, node: &Node, problems: &mut Problems) -> Option<Scenario> {
        let fields = Fields::of(node, problems)?;
        let title = fields.need("scenario", problems).and_then(|node| read_text(node, problems)).cloned();
        fields.text("process", problems);
        let (profile, days_off) = super::tenant::read(fields.get("tenant"), problems);
        let settings = fields.get("settings").map_or_else(Object::new, |node| object(node, problems));
        let people = people(&fields, problems);
        let now = fields.need("now", problems).and_then(|node| date_time(node, problems));
        let default_data = fields.get("data").and_then(|node| self.data(node, problems));
        let (schema, around) = (fields.get("schema"), fields.get("harness"));
        let harness = fields.get("steps").map(|steps| self.harness(steps, schema, around, &people, problems));
        let mut moves = Vec::new();
        for node in fields.need("do", problems).map_or(&[][..], |node| read_items(node, problems)) {
            if let Some(action) = self.action(node, default_data.as_ref(), problems) {
                moves.push(Move { span: node.span.clone(), action });
            }
        }
        fields.finish(problems);
        Some(Scenario {
            title: title?,
            span: node.span.clone(),
            profile,
            days_off,
            settings,
            people,
            now: now?,
            harness,
            moves,
        })
    }

    /// The file that a path names, beside the scenario or else in the folder.
    pub(super) fn file(&self, path: &str) -> Option<(Arc<str>, &Arc<[u8]>)> {
        let beside: Arc<str> =
            if self.base.is_empty() { path.into() } else { format!("{}/{path}", self.base).into() };
        let own = self.folder.files.get_key_value(&beside);
        let found = own.or_else(|| self.folder.files.get_key_value(path));
        found.map(|(name, bytes)| (name.clone(), bytes))
    }

    /// Data in place, or in a JSON file.
    fn data(&self, node: &Node, problems: &mut Problems) -> Option<Object> {
        let NodeKind::Text(path) = &node.kind else { return Some(object(node, problems)) };
        let Some((name, bytes)) = self.file(path) else {
            problems.error(
                &node.span,
                "file_missing",
                Text::new(
                    format!("Die Datei „{path}“ gibt es nicht."),
                    format!("There is no file `{path}`."),
                ),
            );
            return None;
        };
        let tree = read_yaml(&self.folder.file_name(&name), bytes, 0, problems)?;
        Some(object(&tree, problems))
    }

    fn action(&self, node: &Node, data: Option<&Object>, problems: &mut Problems) -> Option<Action> {
        let fields = Fields::of(node, problems)?;
        let action = if let Some(node) = fields.get("expect") {
            expectation(node, problems).map(Box::new).map(Action::Expect)
        } else if let Some(node) = fields.get("advance") {
            read_text(node, problems).and_then(|text| match Period::parse(text) {
                Ok(period) => Some(Action::Advance(period)),
                Err(error) => {
                    problems.error(
                        &node.span,
                        "period_invalid",
                        Text::new(format!("„{text}“ ist kein Zeitraum."), error.to_string()),
                    );
                    None
                }
            })
        } else if let Some(node) = fields.get("advance_to") {
            date_time(node, problems).map(Action::AdvanceTo)
        } else if let Some(node) = fields.get("refused") {
            let inner = Fields::of(node, problems)?;
            let because = inner.need("because", problems).and_then(|node| read_text(node, problems)).cloned();
            let ask = self.ask(&inner, data, problems);
            inner.finish(problems);
            Some(Action::Refused { ask: ask?, because: because? })
        } else {
            self.ask(&fields, data, problems).map(Action::Ask)
        };
        fields.finish(problems);
        action
    }

    fn ask(&self, fields: &Fields<'_>, data: Option<&Object>, problems: &mut Problems) -> Option<Ask> {
        let by = fields.text("as", problems).map(|name| PersonId::from(&**name));
        let step = |node: &Node, problems: &mut Problems| {
            read_text(node, problems).map(|text| StepPath::from(&**text))
        };
        let values = |problems: &mut Problems| {
            fields.get("with").map_or_else(Object::new, |node| object(node, problems))
        };
        let day = |name, problems: &mut Problems| fields.get(name).and_then(|node| date(node, problems));
        let party = |problems: &mut Problems| {
            fields.int("party", problems).and_then(|number| u32::try_from(number).ok())
        };
        let what = if let Some(node) = fields.get("start") {
            self.start(node, data, problems)?
        } else if let Some(node) = fields.get("claim") {
            What::Claim(step(node, problems)?)
        } else if let Some(node) = fields.get("release") {
            What::Release(step(node, problems)?)
        } else if let Some(node) = fields.get("complete") {
            What::Complete(step(node, problems)?, values(problems))
        } else if let Some(node) = fields.get("message") {
            let key = fields.text("key", problems).cloned();
            let name = read_text(node, problems)?.clone();
            What::Message(name, values(problems), day("received_on", problems), key)
        } else if let Some(node) = fields.get("signal") {
            What::Signal(read_text(node, problems)?.clone())
        } else if let Some(node) = fields.get("call_ends") {
            let outcome = fields.text("outcome", problems).cloned();
            What::CallEnds(step(node, problems)?, outcome, values(problems))
        } else if let Some(node) = fields.get("dispatched") {
            let way = fields.get("way").and_then(|node| way(node, problems)).unwrap_or_default();
            let (to, received_on) = (party(problems), day("received_on", problems));
            What::Dispatched { step: step(node, problems)?, to, on: day("on", problems), way, received_on }
        } else if let Some(node) = fields.get("dispatch_corrected") {
            let way = fields.get("way").and_then(|node| way(node, problems)).unwrap_or_default();
            let on = fields.need("on", problems).and_then(|node| date(node, problems))?;
            let (to, received_on) = (party(problems), day("received_on", problems));
            let reason = reason(fields, problems)?;
            What::Corrected { step: step(node, problems)?, to, on, way, received_on, reason }
        } else if let Some(node) = fields.get("received") {
            What::Received { step: step(node, problems)?, to: party(problems), on: day("on", problems) }
        } else if let Some(node) = fields.get("note") {
            What::Note(read_text(node, problems)?.clone())
        } else if let Some(node) = fields.get("begin") {
            What::Begin(step(node, problems)?)
        } else if let Some(node) = fields.get("trigger") {
            What::Trigger(read_text(node, problems)?.clone(), reason(fields, problems)?)
        } else if let Some(node) = fields.get("skip") {
            let outcome = fields.text("outcome", problems).cloned();
            What::Skip(step(node, problems)?, outcome, reason(fields, problems)?)
        } else if let Some(node) = fields.get("move") {
            let to = fields.need("to", problems).and_then(|node| read_text(node, problems)).cloned();
            What::Move(step(node, problems)?, to?, reason(fields, problems)?)
        } else if let Some(node) = fields.get("change") {
            let received_on = day("received_on", problems);
            What::Change(object(node, problems), received_on, reason(fields, problems)?)
        } else if let Some(node) = fields.get("end_case") {
            let outcome = read_text(node, problems).cloned();
            What::End(outcome, reason(fields, problems)?)
        } else if let Some(node) = fields.get("take_back") {
            What::TakeBack(step(node, problems)?, reason(fields, problems)?)
        } else if let Some(beside) = super::beside::read(fields, problems) {
            What::Beside(beside?)
        } else if let Some(line) = super::acts::read(fields, problems) {
            What::Act(line)
        } else if fields.flag("retry", false, problems) {
            What::Retry
        } else {
            problems.error(
                fields.span(),
                "no_action",
                Text::new("Es steht nicht da, was hier geschieht.", "It does not say what happens here."),
            );
            return None;
        };
        Some(Ask { by, what })
    }

    fn start(&self, node: &Node, default: Option<&Object>, problems: &mut Problems) -> Option<What> {
        let fields = Fields::of(node, problems)?;
        let channel = fields.text("channel", problems).cloned().unwrap_or_else(|| "manual".into());
        let data = match fields.get("data") {
            Some(node) => self.data(node, problems),
            None => Some(default.cloned().unwrap_or_default()),
        };
        // Over the data: what this scenario changes of it.
        let mut data = data?;
        for (name, value) in fields.get("but").map_or_else(Object::new, |node| object(node, problems)) {
            if value.is_null() {
                data.shift_remove(&name);
            } else {
                data.insert(name, value);
            }
        }
        let received_on = fields.get("received_on").and_then(|node| date(node, problems));
        fields.finish(problems);
        Some(What::Start { channel, data, received_on })
    }
}

/// The reason that a line gives.
pub fn reason(fields: &Fields<'_>, problems: &mut Problems) -> Option<Arc<str>> {
    fields.need("reason", problems).and_then(|node| read_text(node, problems)).cloned()
}

fn people(fields: &Fields<'_>, problems: &mut Problems) -> BTreeMap<PersonId, BTreeSet<RoleId>> {
    fields.get("people").map(|node| people_in(node, problems)).unwrap_or_default()
}

fn people_in(node: &Node, problems: &mut Problems) -> BTreeMap<PersonId, BTreeSet<RoleId>> {
    let mut people = BTreeMap::new();
    for (key, node) in read_entries(node, problems) {
        people.insert(PersonId::from(&*key.text), roles(node, problems));
    }
    people
}

fn roles(node: &Node, problems: &mut Problems) -> BTreeSet<RoleId> {
    let roles = read_items(node, problems).iter();
    roles.filter_map(|item| read_text(item, problems).map(|role| RoleId::from(&**role))).collect()
}

/// An object of values.
pub fn object(node: &Node, problems: &mut Problems) -> Object {
    read_entries(node, problems).iter().map(|(key, value)| (key.text.to_string(), value.to_value())).collect()
}

/// A day.
pub fn date(node: &Node, problems: &mut Problems) -> Option<Date> {
    parsed(node, "2026-03-02", problems)
}

/// A day in a text that stands there.
pub fn day_in(text: &str, span: &Span, problems: &mut Problems) -> Option<Date> {
    parsed_in(text, span, "2026-03-02", problems)
}

fn date_time(node: &Node, problems: &mut Problems) -> Option<DateTime> {
    parsed(node, "2026-03-02T09:00", problems)
}

fn parsed<T: std::str::FromStr>(node: &Node, example: &str, problems: &mut Problems) -> Option<T> {
    let source = read_text(node, problems)?;
    parsed_in(source, &node.span, example, problems)
}

fn parsed_in<T: std::str::FromStr>(
    source: &str,
    span: &Span,
    example: &str,
    problems: &mut Problems,
) -> Option<T> {
    let found = source.parse().ok();
    if found.is_none() {
        problems.error(
            span,
            "time_invalid",
            Text::new(
                format!("„{source}“ ist hier nicht lesbar; erwartet wird etwas wie {example}."),
                format!("`{source}` cannot be read here; expected something like {example}."),
            ),
        );
    }
    found
}

fn way(node: &Node, problems: &mut Problems) -> Option<Way> {
    let name = read_text(node, problems)?;
    let found = serde_json::from_value(Value::String(name.to_string())).ok();
    if found.is_none() {
        let known = [
            "post",
            "post-abroad",
            "electronic",
            "portal",
            "mailbox",
            "in-person",
            "registered-letter",
            "service-with-proof",
            "public",
        ];
        problems
            .error(
                &node.span,
                "unknown_way",
                Text::new(
                    format!("Einen Versandweg „{name}“ gibt es nicht."),
                    format!("There is no way `{name}`."),
                ),
            )
            .did_you_mean(name, known);
    }
    found
}

fn expectation(node: &Node, problems: &mut Problems) -> Option<Expectation> {
    let fields = Fields::of(node, problems)?;
    // One name may stand without the brackets of a list.
    let texts = |name, problems: &mut Problems| -> Option<Vec<Arc<str>>> {
        fields.get(name)?;
        Some(fields.items(name).iter().filter_map(|item| read_text(item, problems).cloned()).collect())
    };
    let waiting = texts("waiting", problems).map(|list| {
        let mut steps: Vec<StepPath> = list.iter().map(|path| StepPath::from(&**path)).collect();
        steps.sort();
        steps
    });
    let mut expectation = Expectation { waiting, ..Expectation::default() };
    for (key, node) in fields.get("deadline").map_or(&[][..], |node| read_entries(node, problems)) {
        let shown = match node.as_text().map(|text| &**text) {
            Some("not running") => Some(ViewDeadline::NotRunning),
            Some("suspended") => Some(ViewDeadline::Suspended),
            Some(text) if text.contains('T') => date_time(node, problems).map(ViewDeadline::EndsAt),
            _ => date(node, problems).map(ViewDeadline::Ends),
        };
        expectation.deadlines.extend(shown.map(|shown| (key.text.clone(), shown)));
    }
    for (key, node) in fields.get("grace").map_or(&[][..], |node| read_entries(node, problems)) {
        expectation.grace.extend(date(node, problems).map(|day| (key.text.clone(), day)));
    }
    expectation.warned = texts("warned", problems).map(|mut names| {
        names.sort();
        names
    });
    expectation.results = fields.get("result").map(Node::to_value);
    expectation.data = fields.get("data").map(Node::to_value);
    expectation.parties = super::acts::expected(&fields, "parties", problems);
    expectation.acts = super::acts::expected(&fields, "acts", problems);
    for (key, node) in fields.get("outcome").map_or(&[][..], |node| read_entries(node, problems)) {
        if let Some(outcome) = read_text(node, problems) {
            expectation.outcomes.insert(StepPath::from(&*key.text), outcome.clone());
        }
    }
    expectation.ended = fields.get("ended").and_then(|node| match &node.kind {
        NodeKind::Bool(true) => Some(Ended::Yes),
        NodeKind::Bool(false) => Some(Ended::No),
        _ => read_text(node, problems).map(|outcome| Ended::With(outcome.clone())),
    });
    expectation.sent = texts("sent", problems);
    expectation.documents = texts("documents", problems);
    for (key, node) in fields.get("text").map_or(&[][..], |node| read_entries(node, problems)) {
        let words =
            read_items(node, problems).iter().filter_map(|item| read_text(item, problems).cloned()).collect();
        expectation.letters.insert(StepPath::from(&*key.text), words);
    }
    expectation.notes = fields.int("notes", problems).and_then(|count| usize::try_from(count).ok());
    expectation.number = fields.text("number", problems).cloned();
    expectation.incidents = texts("incidents", problems);
    expectation.errands = texts("errands", problems);
    for (key, node) in fields.get("due").map_or(&[][..], |node| read_entries(node, problems)) {
        if let Some(day) = date(node, problems) {
            expectation.due.insert(StepPath::from(&*key.text), day);
        }
    }
    fields.finish(problems);
    Some(expectation)
}
