//! `fachwerk describe`: what processes and blocks ask and say, for whoever writes scenarios and rules.

use std::{collections::BTreeSet, fmt::Write as _, path::PathBuf, sync::Arc};

use fachwerk_core::{
    definition::{FormField, Handler, Kind, Release, Scope, Step, TaskKind, TriggerKind},
    diagnostic::Problems,
    language::{Catalogue, compile, read_block},
    scenario,
    schema::{Field, TextFormat, Type},
    words::{StepPath, Text, Value},
};

use crate::{
    End, Failure,
    files::{self, Found, Kind as Holds},
    output::say,
};

/// What `describe` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Processes, blocks, or folders in which some lie.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

/// Prints tasks with their fields, letters, deadlines, messages and outcomes, in German and English.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let found = files::find(&arguments.paths)?;
    let mut problems = Problems::default();
    let catalogue = files::catalogue(&found, &mut problems);
    let mut good = true;
    for (at, one) in found.iter().enumerate() {
        if found.len() > 1 {
            say(format!("{}# {}\n", if at > 0 { "\n" } else { "" }, one.path.display()));
        }
        match described(one, &catalogue) {
            Ok(text) => say(text),
            Err(why) => {
                good = false;
                eprintln!("{}: {why}", one.path.display());
            }
        }
    }
    Ok(if good { End::Good } else { End::Problems })
}

/// A release in which it can be seen; and of a block the step that uses it.
fn described(found: &Found, catalogue: &Catalogue) -> Result<String, Failure> {
    let hint = "`fachwerk check` says what is wrong";
    if found.kind == Holds::Process {
        let release = compile(&found.folder, catalogue).release;
        let release = release.ok_or_else(|| format!("the process cannot be read; {hint}"))?;
        return Ok(Described { release: &release, around: None }.text());
    }
    let block = read_block(&found.folder, &mut Problems::default())
        .ok_or_else(|| format!("the block cannot be read; {hint}"))?;
    for path in found.folder.files.keys().filter(|path| scenario::is_scenario(path)) {
        let Some(harness) = scenario::read(&found.folder, path).0.and_then(|read| read.harness) else {
            continue;
        };
        let Some(release) = compile(&harness.folder, catalogue).release else { continue };
        let uses =
            |step: &&Step| step.block.as_ref().is_some_and(|used| used.split('@').next() == Some(&*block.id));
        if let Some(around) = release.steps.iter().find(uses) {
            let outcomes = block.outcomes.iter().map(|(id, _)| id.clone()).collect();
            let described = Described { release: &release, around: Some((&around.path, outcomes)) };
            return Ok(described.text());
        }
    }
    Err("a block is described by the little process of its first scenario that uses it; there is none that can be read"
        .to_owned())
}

struct Described<'r> {
    release: &'r Release,
    /// The step that uses the block, and how the block can end; none: a process.
    around: Option<(&'r StepPath, Vec<Arc<str>>)>,
}

impl Described<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        for step in self.steps() {
            if let Kind::Task(task) = &step.kind {
                self.task(step, task, &mut text);
            }
        }
        if text.is_empty() {
            text += "Keine Aufgabe: niemand muss etwas tun. / No task: nobody has anything to do.\n\n";
        }
        let letters = self.steps().filter(|step| step.kind.makes_letters());
        let letters = letters.map(|step| format!("`{}` ({})", self.name(&step.path), both(&step.title)));
        line(&mut text, "Schreiben / letters", "`text`, `dispatched`", letters.collect());
        line(&mut text, "Fristen / deadlines", "`deadline`", self.deadlines());
        line(&mut text, "Nachrichten / messages", "`message`", self.messages());
        let outcomes = self.outcomes();
        line(&mut text, "Ausgänge / outcomes", "`outcome`, `then`", outcomes);
        text.trim_end().to_owned()
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        let inside = |step: &&Step| match &self.around {
            Some((around, _)) => step.path.as_str().starts_with(&format!("{around}/")),
            None => true,
        };
        self.release.steps.iter().filter(inside)
    }

    /// A step of a block as it is called in a process that uses it as `it`.
    fn name(&self, path: &StepPath) -> String {
        match &self.around {
            Some((around, _)) => {
                let own = path.as_str().strip_prefix(around.as_str()).unwrap_or(path.as_str());
                format!("it{own}")
            }
            None => path.to_string(),
        }
    }

    fn task(&self, step: &Step, task: &TaskKind, text: &mut String) {
        let mut head = format!("**`{}`** {}", self.name(&step.path), both(&task.title));
        if let Some(due) = &task.due {
            let _ = write!(head, ", Termin / due `{due}`");
        }
        if !task.not_same_person_as.is_empty() {
            let named = task.not_same_person_as.iter().map(|path| format!("`{}`", self.name(path)));
            let named = if self.around.is_some() { "`not_same_person_as`".to_owned() } else { joined(named) };
            let _ = write!(head, ", nicht dieselbe Person wie bei / not the same person as at {named}");
        }
        let _ = write!(text, "{head}.\n\n");
        for field in &task.form.fields {
            let _ = writeln!(text, "- {}", described_field(field));
        }
        if !task.form.fields.is_empty() {
            text.push('\n');
        }
    }

    /// The handlers, with the step or scope that they stand at.
    fn handlers(&self) -> Vec<(String, &Handler)> {
        let mut found = Vec::new();
        for step in self.steps() {
            if let Kind::Wait(waits) = &step.kind {
                found.extend(waits.iter().map(|wait| (self.name(&step.path), wait)));
            }
        }
        let inside: Vec<&StepPath> = self.steps().map(|step| &step.path).collect();
        let owner = |scope: &Scope| scope.owner.map(|owner| &self.release.step(owner).path);
        for scope in &self.release.scopes {
            let own = match (owner(scope), &self.around) {
                (None, around) => around.is_none().then(|| "case".to_owned()),
                (Some(path), Some((around, _))) if path == *around => Some("it".to_owned()),
                (Some(path), _) => inside.contains(&path).then(|| self.name(path)),
            };
            let Some(own) = own else { continue };
            found.extend(scope.handlers.iter().map(|handler| (own.clone(), handler)));
        }
        found
    }

    fn deadlines(&self) -> Vec<String> {
        let deadline = |(at, handler): (String, &Handler)| match &handler.trigger {
            TriggerKind::Deadline(kind) => Some(format!("`{at}.{}` ({})", handler.name, both(&kind.title))),
            _ => None,
        };
        self.handlers().into_iter().filter_map(deadline).collect()
    }

    fn messages(&self) -> Vec<String> {
        let names: BTreeSet<Arc<str>> = self
            .handlers()
            .into_iter()
            .filter_map(|(_, handler)| match &handler.trigger {
                TriggerKind::Message(name, _) => Some(name.clone()),
                _ => None,
            })
            .collect();
        names.into_iter().map(|name| format!("`{name}`")).collect()
    }

    fn outcomes(&self) -> Vec<String> {
        match &self.around {
            Some((_, outcomes)) => outcomes.iter().map(|id| format!("`{id}`")).collect(),
            None => self.release.root().outcomes.iter().map(|id| format!("`{id}`")).collect(),
        }
    }
}

/// A line of several, when there are any.
fn line(text: &mut String, title: &str, used: &str, all: Vec<String>) {
    if !all.is_empty() {
        let _ = write!(text, "**{title}** ({used}): {}.\n\n", all.join(", "));
    }
}

fn joined(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

fn both(title: &Text) -> String {
    if title.de == title.en { title.de.to_string() } else { format!("{} / {}", title.de, title.en) }
}

fn described_field(of: &FormField) -> String {
    let Field { name, title, ty, required, default, .. } = &of.field;
    let mut text = format!("`{name}`: {}", described_type(ty, of));
    if *required {
        text += ", Pflicht / must";
    }
    if of.propose.is_some() || default.as_ref().is_some_and(|value| *value != Value::Null) {
        text += ", vorbelegt / filled in";
    }
    if let Some(rule) = &of.when {
        let _ = write!(text, ", nur wenn / only when `{}`", rule.source);
    }
    let _ = write!(text, ". {}", both(title));
    text
}

fn described_type(ty: &Type, of: &FormField) -> String {
    match ty {
        Type::Text { format, min_length, .. } => {
            let name = match format {
                TextFormat::Line => "text",
                TextFormat::Lines => "long-text",
                TextFormat::Date => "date",
                TextFormat::Time => "time",
                TextFormat::Email => "email",
                TextFormat::Expression => "expression",
                TextFormat::Period => "period",
            };
            let least = if *min_length > 0 { format!(" (min_length {min_length})") } else { String::new() };
            format!("`{name}`{least}")
        }
        Type::Integer { money, min, max } => {
            let least = min.map(|min| format!("min {min}"));
            let most = max.map(|max| format!("max {max}"));
            let bounds: Vec<String> = least.into_iter().chain(most).collect();
            let name = if *money { "money" } else { "integer" };
            if bounds.is_empty() { format!("`{name}`") } else { format!("`{name}` ({})", bounds.join(", ")) }
        }
        Type::Boolean => "`boolean`".to_owned(),
        Type::Words => "`words`".to_owned(),
        Type::Choice(choices) | Type::Choices(choices) => {
            let name = if matches!(ty, Type::Choice(_)) { "choice" } else { "choices" };
            let option = |choice: &fachwerk_core::schema::Choice| {
                let rule = of.options.iter().find(|(id, _)| *id == choice.id);
                let when = rule.map(|(_, rule)| format!(" (nur wenn / only when `{}`)", rule.source));
                format!("`{}`{}", choice.id, when.unwrap_or_default())
            };
            format!("`{name}`: {}", joined(choices.iter().map(option)))
        }
        Type::Documents => "`documents`".to_owned(),
        Type::Object(object) => format!("`object` ({})", joined(object.fields.iter().map(inner))),
        Type::List { item, max, .. } => match &**item {
            Type::Object(object) => {
                format!("`list` (max {max}: {})", joined(object.fields.iter().map(inner)))
            }
            other => format!("`list` (max {max}: {})", described_type(other, of)),
        },
    }
}

/// A field within a field.
fn inner(field: &Field) -> String {
    let options = match &field.ty {
        Type::Choice(choices) | Type::Choices(choices) => {
            format!(": {}", joined(choices.iter().map(|choice| format!("`{}`", choice.id))))
        }
        _ => String::new(),
    };
    let must = if field.required { ", Pflicht / must" } else { "" };
    format!("`{}`{options}{must} ({})", field.name, both(&field.title))
}
