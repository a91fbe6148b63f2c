//! Templates of letters and notices: minijinja, made strict.
//!
//! A blank or a "none" in a letter harms the person who gets it, so a value that is
//! missing or null is an error that names it, unless the template says what to write
//! instead (`| default("…")`, `is defined`). What is filled in comes from citizens: it is
//! escaped, so that no name can become a heading, a link or HTML.

mod error;
mod escape;
mod filters;
mod fits;
mod variables;

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::Value;

use crate::data::{Node, Vars};
use crate::error::{Limit, Text};
use crate::path::VariablePath;

pub use error::{TemplateCode, TemplateError};
pub use escape::markdown as markdown_text;
pub use filters::{date_text, money_text, number_text};

/// Bytes of the text of a template.
pub const MAX_TEMPLATE_BYTES: usize = 256 * 1024;
/// Bytes of a rendered text.
pub const MAX_OUTPUT_BYTES: usize = 512 * 1024;
/// Steps of rendering; one pays for 64 bytes of data as well.
const MAX_WORK: u64 = 100_000;
/// Lists and objects within each other in the data; what is deeper is left out.
const MAX_DEPTH: usize = crate::convert::MAX_DEPTH;

/// The language that dates, numbers, and yes and no are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    De,
    En,
}

impl From<Lang> for fachwerk_deadlines::Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::De => Self::De,
            Lang::En => Self::En,
        }
    }
}

/// What the text becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Markup {
    /// Markdown: values that are filled in cannot be markup, `| safe` lets one pass.
    #[default]
    Markdown,
    /// A subject line, a file name: values are filled in as they are.
    Plain,
}

/// A template, compiled once and rendered many times, from any thread.
#[derive(Clone)]
pub struct Template {
    name: Arc<str>,
    environment: Arc<Environment<'static>>,
    reads: Arc<[VariablePath]>,
    /// The same, each with how it is used.
    uses: Arc<[fits::Use]>,
}

/// The only template of its environment.
const NAME: &str = "template";

impl Template {
    /// Compiles a template for Markdown. `name` appears in errors.
    pub fn compile(name: &str, text: &str, lang: Lang) -> Result<Self, TemplateError> {
        Self::compile_as(name, text, lang, Markup::Markdown)
    }

    pub fn compile_as(name: &str, text: &str, lang: Lang, markup: Markup) -> Result<Self, TemplateError> {
        let named = |error: TemplateError| TemplateError { template: name.to_string(), ..error };
        if text.len() > MAX_TEMPLATE_BYTES {
            return Err(named(TemplateError::limit(Limit::SourceSize, MAX_TEMPLATE_BYTES)));
        }
        let uses = variables::analyse(text).map_err(named)?;
        let mut environment = environment(lang, markup);
        environment
            .add_template_owned(NAME, text.to_string())
            .map_err(|error| named(error::template_error(&error)))?;
        let read = uses.iter().filter(|each| each.entry_of.is_none());
        let reads = read.map(|each| each.path.clone()).collect();
        Ok(Self { name: name.into(), environment: Arc::new(environment), reads, uses: uses.into() })
    }

    /// The data that it reads, each occurrence with its place.
    pub fn variables(&self) -> &[VariablePath] {
        &self.reads
    }

    pub fn render(&self, vars: &Vars) -> Result<String, TemplateError> {
        let named = |error| TemplateError { template: self.name.to_string(), ..error };
        let context = self.context(vars);
        let rendered = self
            .environment
            .get_template(NAME)
            .and_then(|template| template.render(context))
            .map_err(|error| named(self.explain(&error, vars)))?;
        if rendered.len() > MAX_OUTPUT_BYTES {
            return Err(named(TemplateError::limit(Limit::OutputSize, MAX_OUTPUT_BYTES)));
        }
        Ok(rendered)
    }

    /// Says which value is missing and why, if the text fixes its path.
    fn explain(&self, error: &minijinja::Error, vars: &Vars) -> TemplateError {
        let found = error::template_error(error);
        if found.code != TemplateCode::MissingValue {
            return found;
        }
        let on_line = || self.reads.iter().filter(|path| path.place().line == found.line);
        let expression = error::expression(error);
        let path = match error::undefined_path(error) {
            Some(named) => on_line().find(|path| {
                let path = path.to_string();
                path == named || path.strip_prefix(named).is_some_and(|rest| rest.starts_with('.'))
            }),
            // Of `a.b | upper` only the filter is known, of `a.b ~ "x"` the whole.
            None => on_line()
                .find(|path| expression.contains(&path.to_string()))
                .or_else(|| on_line().rfind(|path| path.place().column < found.column)),
        };
        let Some(path) = path else { return found };
        let help = Some(Box::new(default_help(&path.to_string())));
        match path.resolve(vars) {
            Err(reason) => TemplateError {
                message: reason.message,
                message_de: reason.message_de,
                line: reason.line,
                column: reason.column,
                // Rules have other means against missing values.
                help: reason.help.filter(|help| help.en.starts_with("did you mean")).or(help),
                ..found
            },
            Ok(Some(node)) if node.is_null() => {
                let place = path.place();
                let null = error::Fault::Null.explain(&path.to_string());
                TemplateError { line: place.line, column: place.column, ..null }
            }
            Ok(_) => found,
        }
    }

    /// The data that the template reads, and nothing else.
    fn context(&self, vars: &Vars) -> minijinja::Value {
        let mut parts: BTreeMap<&str, Part> = BTreeMap::new();
        for path in self.reads.iter() {
            let Some(root) = vars.root(path.root()) else { continue };
            let mut part = parts.entry(path.root()).or_default();
            let mut node = Some(root);
            for segment in &path.segments[1..] {
                node = node.and_then(|node| node.member(&segment.name).flatten());
                if node.is_none() {
                    break;
                }
                part = part.members.entry(&segment.name).or_default();
            }
            if let Some(node) = node {
                part.whole = Some(node);
            }
        }
        object(parts.into_iter().map(|(name, part)| (name, part.value())))
    }
}

/// Collecting pairs would make a list of them.
fn object<'v>(members: impl Iterator<Item = (&'v str, minijinja::Value)>) -> minijinja::Value {
    members.collect::<BTreeMap<&str, minijinja::Value>>().into()
}

/// What is needed of an object: all of it, or some members.
#[derive(Default)]
struct Part<'v> {
    whole: Option<Node<'v>>,
    members: BTreeMap<&'v str, Part<'v>>,
}

impl Part<'_> {
    fn value(self) -> minijinja::Value {
        match self.whole {
            Some(node) => template_node(node, 0),
            None => object(self.members.into_iter().map(|(name, part)| (name, part.value()))),
        }
    }
}

fn template_node(node: Node, depth: usize) -> minijinja::Value {
    match node {
        Node::Value(value) => template_value(value, depth),
        Node::Members(members) => {
            let names = members.names().into_iter();
            object(names.filter_map(|name| Some((name, template_node(members.member(name)?, depth + 1)))))
        }
    }
}

fn template_value(value: &Value, depth: usize) -> minijinja::Value {
    match value {
        // So that every use of it is an error, and not only writing it.
        Value::Null => minijinja::Value::UNDEFINED,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => number.into(),
            (_, Some(number), _) => number.into(),
            (_, _, number) => number.unwrap_or(f64::NAN).into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(_) | Value::Object(_) if depth > MAX_DEPTH => minijinja::Value::UNDEFINED,
        Value::Array(items) => items.iter().map(|item| template_value(item, depth + 1)).collect(),
        Value::Object(members) => {
            object(members.iter().map(|(name, value)| (name.as_str(), template_value(value, depth + 1))))
        }
    }
}

fn environment(lang: Lang, markup: Markup) -> Environment<'static> {
    let mut environment = Environment::new();
    // `{% if file.number %}` may ask; writing nothing where something is meant is an error.
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_fuel(Some(MAX_WORK));
    environment.set_recursion_limit(100);
    // Names the missing value in errors.
    environment.set_debug(true);
    if markup == Markup::Markdown {
        // Any escaping makes captured text (`{% set %}…`, macros) safe, so that it is
        // not escaped twice.
        environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    } else {
        environment.set_auto_escape_callback(|_| AutoEscape::None);
    }
    environment.set_formatter(move |out, _, value| escape::write(out, value, lang, markup));
    filters::register(&mut environment, lang);
    // They show data to whoever reads the letter.
    for name in ["escape", "e", "pprint", "tojson"] {
        environment.remove_filter(name);
    }
    environment.remove_global("debug");
    environment
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reads = self.reads.iter().map(ToString::to_string);
        f.debug_tuple("Template").field(&self.name).field(&reads.collect::<Vec<_>>()).finish()
    }
}

/// How to write instead of leaving blank.
pub(crate) fn default_help(path: &str) -> Text {
    Text::new(
        format!("if it may be missing, say what to write instead: `{{{{ {path} | default(\"…\") }}}}`"),
        format!(
            "Wenn die Angabe fehlen darf, geben Sie einen Ersatz an: `{{{{ {path} | default(\"…\") }}}}`"
        ),
    )
}
