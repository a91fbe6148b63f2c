//! Reads the shape of data: the closed profile of JSON Schema, and the short form of fields in forms and settings.

use std::sync::Arc;

use super::{
    fields::{Fields, check_field_name, entries, items, text, words, wrong_kind},
    yaml::{Key, Kind, Node},
};
use crate::{
    diagnostic::Problems,
    schema::{
        Choice, DEFAULT_MAX_ITEMS, DEFAULT_MAX_LENGTH, DEFAULT_MAX_LINES, Field, ObjectType, TextFormat,
        Type, Validator,
    },
    words::{Object, Text, Value},
};

/// The most fields that may be columns of the inbox.
pub const MAX_LIST_FIELDS: usize = 12;

/// Reads a JSON Schema object: `{ type: object, properties: {...}, required: [...] }`.
pub fn read_object(node: &Node, problems: &mut Problems) -> ObjectType {
    let Some(fields) = Fields::of(node, problems) else { return ObjectType::default() };
    for annotation in ["$schema", "$id", "title", "description", "x-title", "x-help", "additionalProperties"]
    {
        fields.get(annotation);
    }
    if let Some(kind) = fields.text("type", problems)
        && &**kind != "object"
    {
        wrong_kind(node, &Text::new("ein Objekt (type: object)", "an object (type: object)"), problems);
    }
    let required: Vec<&Arc<str>> =
        fields.items("required").iter().filter_map(|item| text(item, problems)).collect();
    let mut object = ObjectType::default();
    if let Some(properties) = fields.get("properties") {
        for (key, node) in entries(properties, problems) {
            check_field_name(key, problems);
            if let Some(mut field) = read_property(key, node, problems) {
                field.required = required.contains(&&key.text);
                object.fields.push(field);
            }
        }
    }
    if let Some(list) = fields.get("required") {
        for item in items(list, problems) {
            if let Some(name) = item.as_text()
                && object.field(name).is_none()
            {
                problems
                    .error(
                        &item.span,
                        "unknown_field",
                        Text::new(
                            format!("Das Pflichtfeld „{name}“ gibt es nicht."),
                            format!("There is no field `{name}` that could be required."),
                        ),
                    )
                    .did_you_mean(name, object.fields.iter().map(|field| &*field.name));
            }
        }
    }
    fields.finish(problems);
    check_patterns(&object, node, problems);
    object
}

/// Reads fields in the short form of settings: a mapping of name to `{ type, default, title }`.
pub fn read_settings(node: &Node, problems: &mut Problems) -> ObjectType {
    let mut object = ObjectType::default();
    for (key, node) in entries(node, problems) {
        check_field_name(key, problems);
        if let Some(mut field) = read_short_field(key, node, problems) {
            field.required = true;
            if field.default.is_none() {
                problems.error(&key.span, "setting_without_default", Text::new(
                    format!("Die Einstellung „{}“ braucht einen Wert in „default“, damit das Verfahren überall sofort läuft.", key.text),
                    format!("The setting `{}` needs a `default`, so that the process runs everywhere at once.", key.text),
                ));
            }
            object.fields.push(field);
        }
    }
    check_patterns(&object, node, problems);
    check_defaults(&object, node, problems);
    object
}

fn read_property(key: &Key, node: &Node, problems: &mut Problems) -> Option<Field> {
    let fields = Fields::of(node, problems)?;
    let (Some(title), help) = (
        fields.words("x-title", problems).or_else(|| title_missing(key, problems)),
        fields.words("x-help", problems),
    ) else {
        return None;
    };
    fields.get("title");
    fields.get("description");
    let ty = read_type(&fields, problems)?;
    let field = Field {
        name: key.text.clone(),
        title,
        help,
        ty,
        required: false,
        person: fields.flag("x-person", false, problems),
        list: fields.flag("x-list", false, problems),
        default: fields.get("default").map(Node::to_value),
    };
    if field.list && !field.ty.is_scalar() {
        problems.error(
            &key.span,
            "list_field_not_scalar",
            Text::new(
                "Nur ein einzelner Wert kann eine Spalte des Eingangskorbs sein.",
                "Only a single value can be a column of the inbox.",
            ),
        );
    }
    fields.finish(problems);
    Some(field)
}

/// Reads a field of a form or a setting.
pub fn read_short_field(key: &Key, node: &Node, problems: &mut Problems) -> Option<Field> {
    let fields = Fields::of(node, problems)?;
    let field = short_field(key, &fields, problems);
    refuse_rules(option_rules(&fields), problems);
    fields.finish(problems);
    field
}

/// Reads what a short field says of its type; the caller may ask for more keys before it finishes.
pub fn short_field(key: &Key, fields: &Fields<'_>, problems: &mut Problems) -> Option<Field> {
    let title = fields.words("title", problems).or_else(|| title_missing(key, problems))?;
    Some(Field {
        name: key.text.clone(),
        title,
        help: fields.words("help", problems),
        ty: read_short_type(fields, problems)?,
        required: fields.flag("required", false, problems),
        person: fields.flag("person", false, problems),
        list: false,
        default: fields.get("default").map(Node::to_value),
    })
}

fn title_missing(key: &Key, problems: &mut Problems) -> Option<Text> {
    problems.error(
        &key.span,
        "field_without_title",
        Text::new(
            format!("„{}“ braucht eine Beschriftung in beiden Sprachen.", key.text),
            format!("`{}` needs a title in both languages.", key.text),
        ),
    );
    // Go on with the name, so that what else is wrong with the field is found as well.
    Some(Text::new(key.text.clone(), key.text.clone()))
}

/// Reads `type` and what belongs to it, as JSON Schema writes it.
fn read_type(fields: &Fields<'_>, problems: &mut Problems) -> Option<Type> {
    let kind_node = fields.need("type", problems)?;
    let kind = text(kind_node, problems)?;
    Some(match &**kind {
        "string" => match fields.get("enum") {
            Some(list) => Type::Choice(read_enum(fields, list, problems)),
            None => {
                let format = read_format(fields, problems);
                text_type(fields, format, ("maxLength", "minLength"), problems)
            }
        },
        "integer" => {
            let money = fields.text("format", problems).is_some_and(|format| &**format == "money");
            integer_type(fields, money, ("minimum", "maximum"), problems)
        }
        "boolean" => Type::Boolean,
        "array" => {
            let max = length(fields, "maxItems", problems).unwrap_or(DEFAULT_MAX_ITEMS);
            let min = length(fields, "minItems", problems).unwrap_or(0).min(max);
            let items = Fields::of(fields.need("items", problems)?, problems)?;
            items.get("x-title");
            let item = Box::new(read_type(&items, problems)?);
            items.finish(problems);
            Type::List { item, max, min }
        }
        "object" => {
            let mut object = ObjectType::default();
            let required: Vec<Arc<str>> =
                fields.items("required").iter().filter_map(|item| item.as_text().cloned()).collect();
            fields.get("additionalProperties");
            for (key, node) in fields.get("properties").map_or(&[][..], |node| entries(node, problems)) {
                check_field_name(key, problems);
                if let Some(mut field) = read_property(key, node, problems) {
                    field.required = required.contains(&key.text);
                    object.fields.push(field);
                }
            }
            Type::Object(object)
        }
        other => {
            problems
                .error(&kind_node.span, "unknown_type", Text::new(
                    format!("Die Art „{other}“ gibt es hier nicht. Brüche sind nicht erlaubt: Geld in Cent, sonst ganze Zahlen."),
                    format!("The type `{other}` is not available here. No fractions: money in cents, else whole numbers."),
                ))
                .did_you_mean(other, ["string", "integer", "boolean", "array", "object"]);
            return None;
        }
    })
}

/// Reads `type` and what belongs to it, in the short form.
fn read_short_type(fields: &Fields<'_>, problems: &mut Problems) -> Option<Type> {
    let kind_node = fields.need("type", problems)?;
    let kind = text(kind_node, problems)?;
    let lengths = ("max_length", "min_length");
    Some(match &**kind {
        "text" => text_type(fields, TextFormat::Line, lengths, problems),
        "long-text" => text_type(fields, TextFormat::Lines, lengths, problems),
        "email" => text_type(fields, TextFormat::Email, lengths, problems),
        "date" => text_type(fields, TextFormat::Date, lengths, problems),
        "time" => text_type(fields, TextFormat::Time, lengths, problems),
        "period" => text_type(fields, TextFormat::Period, lengths, problems),
        "integer" => integer_type(fields, false, ("min", "max"), problems),
        "money" => integer_type(fields, true, ("min", "max"), problems),
        "expression" => text_type(fields, TextFormat::Expression, lengths, problems),
        "boolean" => Type::Boolean,
        "words" => Type::Words,
        "object" => Type::Object(read_short_object(fields, problems)),
        "list" => {
            let max = length(fields, "max_items", problems).unwrap_or(DEFAULT_MAX_ITEMS);
            let min = length(fields, "min_items", problems).unwrap_or(0).min(max);
            let item = match fields.get("fields") {
                Some(_) => Type::Object(read_short_object(fields, problems)),
                None => text_type(fields, TextFormat::Line, lengths, problems),
            };
            Type::List { item: Box::new(item), max, min }
        }
        "choice" => Type::Choice(read_options(fields, problems)),
        "choices" => Type::Choices(read_options(fields, problems)),
        "documents" => Type::Documents,
        other => {
            let known = [
                "text",
                "long-text",
                "email",
                "date",
                "time",
                "period",
                "integer",
                "money",
                "boolean",
                "choice",
                "choices",
                "documents",
                "words",
                "expression",
                "list",
                "object",
            ];
            problems
                .error(
                    &kind_node.span,
                    "unknown_type",
                    Text::new(
                        format!("Die Art „{other}“ gibt es nicht."),
                        format!("There is no type `{other}`."),
                    ),
                )
                .did_you_mean(other, known);
            return None;
        }
    })
}

fn read_short_object(fields: &Fields<'_>, problems: &mut Problems) -> ObjectType {
    let mut object = ObjectType::default();
    for (key, node) in fields.get("fields").map_or(&[][..], |node| entries(node, problems)) {
        check_field_name(key, problems);
        object.fields.extend(read_short_field(key, node, problems));
    }
    object
}

fn read_format(fields: &Fields<'_>, problems: &mut Problems) -> TextFormat {
    let Some(node) = fields.get("format") else { return TextFormat::Line };
    let Some(name) = text(node, problems) else { return TextFormat::Line };
    match &**name {
        "lines" => TextFormat::Lines,
        "date" => TextFormat::Date,
        "time" => TextFormat::Time,
        "email" => TextFormat::Email,
        "period" => TextFormat::Period,
        other => {
            problems
                .error(
                    &node.span,
                    "unknown_format",
                    Text::new(
                        format!("Die Form „{other}“ gibt es nicht."),
                        format!("There is no format `{other}`."),
                    ),
                )
                .did_you_mean(other, ["lines", "date", "time", "email", "period"]);
            TextFormat::Line
        }
    }
}

fn text_type(
    fields: &Fields<'_>,
    format: TextFormat,
    (max, min): (&'static str, &'static str),
    problems: &mut Problems,
) -> Type {
    let default = if format == TextFormat::Lines { DEFAULT_MAX_LINES } else { DEFAULT_MAX_LENGTH };
    let max_length = length(fields, max, problems).unwrap_or(default);
    let min_length = length(fields, min, problems).unwrap_or(0);
    nothing_fits(fields, (min, min_length.into()), (max, max_length.into()), problems);
    Type::Text { format, max_length, min_length, pattern: fields.text("pattern", problems).cloned() }
}

/// Tells when a smallest value lies above the largest one.
fn nothing_fits(
    fields: &Fields<'_>,
    (min, least): (&str, i64),
    (max, most): (&str, i64),
    problems: &mut Problems,
) {
    if least > most {
        problems.error(
            fields.span(),
            "nothing_fits",
            Text::new(
                format!("Hier passt kein Wert: „{min}“ ist {least} und damit größer als „{max}“ ({most})."),
                format!("No value fits here: `{min}` is {least}, which is more than `{max}` ({most})."),
            ),
        );
    }
}

fn integer_type(
    fields: &Fields<'_>,
    money: bool,
    (min, max): (&'static str, &'static str),
    problems: &mut Problems,
) -> Type {
    let (least, most) = (fields.int(min, problems), fields.int(max, problems));
    nothing_fits(fields, (min, least.unwrap_or(i64::MIN)), (max, most.unwrap_or(i64::MAX)), problems);
    Type::Integer { min: least, max: most, money }
}

fn length(fields: &Fields<'_>, name: &'static str, problems: &mut Problems) -> Option<u32> {
    let given = fields.int(name, problems)?;
    match u32::try_from(given) {
        Ok(length) if length <= 1_000_000 => Some(length),
        _ => {
            problems.error(
                fields.span(),
                "length_out_of_range",
                Text::new(
                    format!("„{name}“ muss zwischen 0 und 1 000 000 liegen."),
                    format!("`{name}` must lie between 0 and 1,000,000."),
                ),
            );
            None
        }
    }
}

fn read_enum(fields: &Fields<'_>, list: &Node, problems: &mut Problems) -> Arc<[Choice]> {
    let titles = fields.get("x-titles");
    items(list, problems)
        .iter()
        .filter_map(|item| {
            let id = text(item, problems)?.clone();
            let title = match titles.and_then(|titles| titles.get(&id)) {
                Some(node) => words(node, problems)?,
                None => {
                    problems.error(&item.span, "choice_without_title", Text::new(
                        format!("Die Auswahl „{id}“ braucht unter „x-titles“ eine Beschriftung in beiden Sprachen."),
                        format!("The choice `{id}` needs a title in both languages under `x-titles`."),
                    ));
                    Text::new(id.clone(), id.clone())
                }
            };
            Some(Choice { id, title })
        })
        .collect()
}

/// Options: `{ id: { de, en }, ... }`.
fn read_options(fields: &Fields<'_>, problems: &mut Problems) -> Arc<[Choice]> {
    let Some(node) = fields.need("options", problems) else { return Arc::new([]) };
    if !matches!(node.kind, Kind::Map(_)) {
        wrong_kind(
            node,
            &Text::new("eine Zuordnung von Wert zu Beschriftung", "a mapping of value to title"),
            problems,
        );
        return Arc::new([]);
    }
    entries(node, problems)
        .iter()
        .filter_map(|(key, node)| {
            let title = match node.get("title") {
                None => words(node, problems),
                Some(_) => {
                    let fields = Fields::of(node, problems)?;
                    let title = fields.words("title", problems);
                    // Where rules are possible, the caller reads it; elsewhere it is refused.
                    fields.get("when");
                    fields.finish(problems);
                    title
                }
            };
            Some(Choice { id: key.text.clone(), title: title? })
        })
        .collect()
}

/// The rules of options that are not always open: `{ id: { title: { de, en }, when: rule }, ... }`.
pub fn option_rules<'n>(fields: &Fields<'n>) -> Vec<(&'n Key, &'n Node)> {
    let Some(Node { kind: Kind::Map(options), .. }) = fields.get("options") else { return Vec::new() };
    let rules = options.iter().filter(|(_, node)| node.get("title").is_some());
    rules.filter_map(|(key, node)| Some((key, node.get("when")?))).collect()
}

/// Options have rules in forms only, where one of several is chosen.
pub fn refuse_rules(rules: Vec<(&Key, &Node)>, problems: &mut Problems) {
    for (key, node) in rules {
        let name = &key.text;
        problems
            .error(
                &node.span,
                "option_rule_not_possible",
                Text::new(
                    format!("Die Auswahl „{name}“ kann hier kein „when“ haben."),
                    format!("The option `{name}` cannot have a `when` here."),
                ),
            )
            .help(Text::new(
                "Möglich ist es nur bei Feldern der Art „choice“ in einem Formular.",
                "It is possible for fields of type `choice` in a form only.",
            ));
    }
}

/// A regular expression that cannot be read is found here, not when the first value comes.
fn check_patterns(object: &ObjectType, node: &Node, problems: &mut Problems) {
    if let Err(why) = Validator::of(object) {
        problems.error(
            &node.span,
            "pattern_invalid",
            Text::new(
                format!("Ein Muster in diesen Feldern ist nicht lesbar: {why}"),
                format!("A pattern in these fields cannot be read: {why}"),
            ),
        );
    }
}

fn check_defaults(object: &ObjectType, node: &Node, problems: &mut Problems) {
    let defaults: Object = object
        .fields
        .iter()
        .filter_map(|field| Some((field.name.to_string(), field.default.clone()?)))
        .collect();
    let Ok(validator) = Validator::of(object) else { return };
    let value = Value::Object(defaults);
    // The default of a parameter may be a rule that says the period.
    let is_rule =
        |at: &str| value.pointer(at).and_then(Value::as_str).is_some_and(|text| text.starts_with('='));
    let misfits = validator.check(&value).into_iter();
    for misfit in misfits
        .filter(|misfit| misfit.code != "required" && !(misfit.code == "period" && is_rule(&misfit.at)))
    {
        let (at, why) = (misfit.at.trim_start_matches('/'), misfit.message);
        problems.error(
            &node.span,
            "default_does_not_fit",
            Text::new(
                format!("Der Vorgabewert von „{at}“ passt nicht: {}", why.de),
                format!("The default of `{at}` does not fit: {}", why.en),
            ),
        );
    }
}
