//! Reads decision tables.

use fachwerk_rules::{HitPolicy, InputSource, OutputSource, RowSource, Table, TablePart, TableSource};

use super::{
    compiler::Compiler,
    data_types::short_field,
    fields::{Fields, check_field_name, entries, items, text, wrong_kind},
    typing::{Checked, Typed, Wanted},
    yaml::{Key, Kind, Node},
};
use crate::{
    definition::{Decision, FrameIx},
    diagnostic::{Problems, Span},
    law::citation::shown,
    schema::Field,
    words::{Text, Value},
};

impl Compiler<'_> {
    /// A decision table in a file.
    pub fn table(&mut self, node: &Node) -> Option<Decision> {
        let tree = self.yaml_file(node)?;
        let fields = Fields::of(&tree, &mut self.problems)?;
        fields.words("title", &mut self.problems);
        let problems = &mut self.problems;
        let inputs = fields.need("inputs", problems).map_or(&[][..], |node| entries(node, problems));
        let outputs = fields.need("outputs", problems).map_or(&[][..], |node| entries(node, problems));
        inputs.iter().chain(outputs).for_each(|(key, _)| check_field_name(key, problems));
        let hit_policy = read_hit_policy(&fields, problems);
        let rows = fields.need("rows", problems).map_or(&[][..], |node| items(node, problems));
        let heads: Vec<_> = outputs.iter().map(|(key, node)| read_output(key, node, problems)).collect();
        // What several rows say together is a list or a sum, and no value of the type of one.
        let single = matches!(
            hit_policy,
            Some(HitPolicy::Unique | HitPolicy::Any | HitPolicy::First | HitPolicy::Priority)
        );
        let titled = heads.iter().filter(|_| single).filter_map(|(_, field)| field.clone()).collect();
        let source = TableSource {
            inputs: inputs.iter().map(|(key, node)| read_input(key, node, problems)).collect(),
            outputs: heads.iter().map(|(output, _)| output.clone()).collect(),
            hit_policy: hit_policy.unwrap_or_default(),
            rows: rows.iter().map(|row| read_row(row, inputs, outputs, problems)).collect(),
            default: fields.get("default").map(|node| results(node, outputs, problems)),
        };
        let default = fields.get("default").map(|node| node.span.clone());
        fields.finish(&mut self.problems);
        hit_policy?;
        match Table::compile(&source, self.sandbox) {
            Ok(table) => {
                let paths: Vec<_> = table.variables().into_iter().map(|(_, path)| path.clone()).collect();
                self.reads(paths.clone(), FrameIx(node.frame), &tree.span);
                self.check_columns_later(&table, inputs, FrameIx(node.frame));
                Some(Decision {
                    table,
                    source: node.as_text()?.clone(),
                    outputs: outputs.iter().map(|(key, _)| key.text.clone()).collect(),
                    titled,
                    norms: source
                        .rows
                        .iter()
                        .map(|row| row.norm.as_deref().map(|norm| shown(&norm.into())))
                        .collect(),
                    rows: rows.iter().map(|row| row.span.clone()).collect(),
                    default,
                    paths,
                    trace: None,
                })
            }
            Err(errors) => {
                for error in errors {
                    let span = place(&error.place, (inputs, outputs, rows)).unwrap_or(&tree.span);
                    let found = self.problems.error(
                        span,
                        "table_invalid",
                        Text::new(error.message_de, error.message),
                    );
                    if let Some(help) = error.help {
                        found.help(Text::new(help.de, help.en));
                    }
                }
                None
            }
        }
    }
}

impl Compiler<'_> {
    /// Notes the input columns, to be held against the types of the data when all is known.
    fn check_columns_later(&mut self, table: &Table, inputs: Columns<'_>, frame: FrameIx) {
        for (number, (column, (_, node))) in table.columns().zip(inputs).enumerate() {
            let (text, span) = (column.expression.into(), node.span.clone());
            let wanted = Wanted::Column(table.clone(), number);
            self.typed.push(Typed { rule: Checked::Expression(text), frame, span, wanted });
        }
    }
}

type Columns<'n> = &'n [(Key, Node)];

fn read_input(key: &Key, node: &Node, problems: &mut Problems) -> InputSource {
    let expression = text(node, problems).map(ToString::to_string).unwrap_or_default();
    InputSource { id: key.text.to_string(), expression, label: None }
}

/// The head of an output: nothing, the values that may stand in it, in descending priority, or its title and type, by
/// which people read it.
fn read_output(key: &Key, node: &Node, problems: &mut Problems) -> (OutputSource, Option<Field>) {
    let mut output = OutputSource { id: key.text.to_string(), ..OutputSource::default() };
    if node.kind == Kind::Null {
        return (output, None);
    }
    let Some(fields) = Fields::of(node, problems) else { return (output, None) };
    let is_titled = fields.get("title").is_some() || fields.get("type").is_some();
    let field = is_titled.then(|| short_field(key, &fields, problems)).flatten();
    if let Some(values) = fields.get("values") {
        let listed = items(values, problems);
        if listed.is_empty() && matches!(values.kind, Kind::List(_)) {
            wrong_kind(
                values,
                &Text::new("eine Liste mit mindestens einem Wert", "a list of at least one value"),
                problems,
            );
        }
        output.values = listed.iter().map(Node::to_value).collect();
    }
    fields.finish(problems);
    (output, field)
}

fn read_hit_policy(fields: &Fields<'_>, problems: &mut Problems) -> Option<HitPolicy> {
    let Some(node) = fields.get("hit_policy") else { return Some(HitPolicy::Unique) };
    let name = text(node, problems)?;
    let found = name.parse().ok();
    if found.is_none() {
        problems
            .error(
                &node.span,
                "unknown_hit_policy",
                Text::new(
                    format!("Die Trefferregel „{name}“ gibt es nicht."),
                    format!("There is no hit policy `{name}`."),
                ),
            )
            .did_you_mean(name, HitPolicy::ALL.map(HitPolicy::as_str));
    }
    found
}

fn read_row(node: &Node, inputs: Columns<'_>, outputs: Columns<'_>, problems: &mut Problems) -> RowSource {
    let Some(fields) = Fields::of(node, problems) else { return RowSource::default() };
    let when = fields.get("when");
    if let Some(when) = when {
        check_columns(when, inputs, problems);
    }
    let cell = |name: &str| match when.and_then(|when| when.get(name)).map(|node| &node.kind) {
        None => "-".to_owned(),
        Some(Kind::Text(text)) => text.to_string(),
        Some(Kind::Int(number)) => number.to_string(),
        Some(Kind::Bool(value)) => value.to_string(),
        Some(Kind::Null | Kind::List(_) | Kind::Map(_)) => "null".to_owned(),
    };
    let row = RowSource {
        id: None,
        when: inputs.iter().map(|(key, _)| cell(&key.text)).collect(),
        then: fields.need("then", problems).map_or_else(Vec::new, |node| results(node, outputs, problems)),
        norm: fields.text("norm", problems).map(ToString::to_string),
    };
    fields.finish(problems);
    row
}

/// One result for each output.
fn results(node: &Node, outputs: Columns<'_>, problems: &mut Problems) -> Vec<Value> {
    check_columns(node, outputs, problems);
    outputs
        .iter()
        .map(|(key, _)| match node.get(&key.text) {
            Some(node) => node.to_value(),
            None => {
                problems.error(
                    &node.span,
                    "missing_key",
                    Text::new(
                        format!("Hier fehlt das Ergebnis „{}“.", key.text),
                        format!("The result `{}` is missing here.", key.text),
                    ),
                );
                Value::Null
            }
        })
        .collect()
}

fn check_columns(node: &Node, columns: Columns<'_>, problems: &mut Problems) {
    let Kind::Map(cells) = &node.kind else {
        wrong_kind(
            node,
            &Text::new("eine Zuordnung von Spalte zu Zelle", "a mapping of column to cell"),
            problems,
        );
        return;
    };
    for (key, _) in cells {
        if !columns.iter().any(|(known, _)| known.text == key.text) {
            let name = &key.text;
            problems
                .error(
                    &key.span,
                    "unknown_column",
                    Text::new(
                        format!("Eine Spalte „{name}“ hat die Tabelle nicht."),
                        format!("The table has no column `{name}`."),
                    ),
                )
                .did_you_mean(name, columns.iter().map(|(key, _)| &*key.text));
        }
    }
}

/// Where a problem of the table stands in the file.
fn place<'n>(
    place: &fachwerk_rules::TablePlace,
    (inputs, outputs, rows): (Columns<'n>, Columns<'n>, &'n [Node]),
) -> Option<&'n Span> {
    let column = |columns: Columns<'n>| place.column.and_then(|column| columns.get(column));
    match place.part {
        TablePart::Table | TablePart::Default => None,
        TablePart::Input => column(inputs).map(|(_, node)| &node.span),
        TablePart::Output => column(outputs).map(|(key, _)| &key.span),
        TablePart::When | TablePart::Then => {
            let row = rows.get(place.row?)?;
            let (cells, columns) = if place.part == TablePart::When {
                (row.get("when"), inputs)
            } else {
                (row.get("then"), outputs)
            };
            let cell = column(columns).and_then(|(key, _)| cells?.get(&key.text));
            Some(&cell.unwrap_or(row).span)
        }
    }
}
