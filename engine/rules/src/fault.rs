//! Turns what rhai reports into [`RuleError`]s: a stable code, both languages, the place.

use rhai::{EvalAltResult, LexError, ParseError, ParseErrorType, Position};

use crate::convert::rhai_kind;
use crate::data::Vars;
use crate::error::{Limit, Place, RuleCode, RuleError, Text, excerpt};
use crate::expression::{MISSING, path_value};
use crate::functions::{Fault, overflow};
use crate::limits::Limits;
use crate::operators::operands;
use crate::variables::{Analysis, slot_index};

pub(crate) fn rule_error(
    error: EvalAltResult,
    analysis: &Analysis,
    vars: &Vars,
    limits: &Limits,
) -> RuleError {
    use EvalAltResult as E;
    let position = error.position();
    let error = match error {
        E::ErrorInFunctionCall(_, _, inner, _) => return rule_error(*inner, analysis, vars, limits),
        E::ErrorParsing(kind, _) => parse_error(&ParseError(Box::new(kind), position), limits),
        E::ErrorVariableNotFound(name, _) => match slot_index(&name) {
            Some(index) => unreadable(index, analysis, vars, limits),
            None => crate::path::unknown_name(&name, vars.names()),
        },
        E::ErrorIndexingType(name, _) if name.starts_with(MISSING) => {
            missing_property(&name[MISSING.len_utf8()..], position.into(), analysis, vars, limits)
        }
        E::ErrorRuntime(value, _) => thrown(value),
        E::ErrorTooManyOperations(_) | E::ErrorTerminated(..) => {
            RuleError::limit(Limit::Operations, limits.operations)
        }
        E::ErrorTooManyVariables(_) => RuleError::limit(Limit::Variables, limits.variables),
        E::ErrorStackOverflow(_) => RuleError::limit(Limit::CallDepth, limits.call_depth),
        E::ErrorDataTooLarge(what, _) => too_large(&what, limits),
        E::ErrorArithmetic(what, _) => arithmetic(&what),
        E::ErrorFunctionNotFound(signature, _) => no_function(&signature),
        E::ErrorMismatchDataType(wanted, found, _) => wrong_type(&wanted, &found),
        E::ErrorDotExpr(..) | E::ErrorIndexingType(..) => no_properties(),
        E::ErrorArrayBounds(length, index, _) => out_of_bounds(length, index, "list", "Die Liste"),
        E::ErrorStringBounds(length, index, _) => out_of_bounds(length, index, "text", "Der Text"),
        E::ErrorBitFieldBounds(length, index, _) => out_of_bounds(length, index, "number", "Die Zahl"),
        E::ErrorNonPureMethodCallOnConstant(..) | E::ErrorAssignmentToConstant(..) => read_only(),
        E::ErrorFor(_) => error_of(
            RuleCode::WrongType,
            "`for` needs a list, a range or a text to go through",
            "`for` braucht eine Liste, einen Bereich oder einen Text",
        ),
        E::ErrorDataRace(..) => error_of(
            RuleCode::NotAllowed,
            "a function uses the list while it is being worked on",
            "Eine Funktion verwendet die Liste, während sie bearbeitet wird",
        )
        .help("work on a copy of the list", "Arbeiten Sie mit einer Kopie der Liste"),
        other => {
            let text = other.to_string();
            error_of(RuleCode::Other, &text, &format!("Die Regel ist gescheitert: {text}"))
        }
    };
    error.at(position.into())
}

fn error_of(code: RuleCode, en: &str, de: &str) -> RuleError {
    RuleError::new(code, Text::new(en, de))
}

/// Why a slot could not be filled before the evaluation.
fn unreadable(index: usize, analysis: &Analysis, vars: &Vars, limits: &Limits) -> RuleError {
    match analysis.slots.get(index) {
        Some(slot) => match analysis.slot_value(slot, vars, limits) {
            Err(error) => error.at(analysis.slot_place(slot)),
            // Not reached: the same data cannot be had a moment ago and now.
            Ok(_) => error_of(RuleCode::Other, "inconsistent data", "Widersprüchliche Daten"),
        },
        None => crate::path::unknown_name("§", []),
    }
}

/// A property that is not there: named with its whole path, if the text fixes it.
fn missing_property(
    name: &str,
    place: Place,
    analysis: &Analysis,
    vars: &Vars,
    limits: &Limits,
) -> RuleError {
    let here = analysis
        .reads
        .iter()
        .find(|path| path.segments.iter().any(|segment| segment.place == place && segment.name == name));
    if let Some(path) = here
        && let Err(error) = path_value(path, vars, limits)
    {
        return error;
    }
    RuleError::new(
        RuleCode::UnknownProperty,
        Text::new(
            format!("the object has no property `{name}`"),
            format!("Das Objekt hat keine Eigenschaft `{name}`"),
        ),
    )
    .help(
        format!("if it may be missing, say what to use instead: `….{name} ?? ()`"),
        format!("Wenn die Angabe fehlen darf, geben Sie einen Ersatz an: `….{name} ?? ()`"),
    )
}

fn thrown(value: rhai::Dynamic) -> RuleError {
    if let Some(fault) = value.read_lock::<Fault>() {
        return fault.0.clone();
    }
    // A text stands for itself, other data is shown as JSON.
    let text = match crate::convert::to_json(value) {
        Ok(serde_json::Value::String(text)) => excerpt(&text),
        Ok(other) => excerpt(&other.to_string()),
        Err(error) => error.message,
    };
    RuleError::new(
        RuleCode::Thrown,
        Text::new(format!("the rule ended with: {text}"), format!("Die Regel endete mit: {text}")),
    )
}

fn too_large(what: &str, limits: &Limits) -> RuleError {
    if what.contains("string") {
        RuleError::limit(Limit::StringSize, limits.string_bytes)
    } else if what.contains("map") {
        RuleError::limit(Limit::MapSize, limits.map_entries)
    } else {
        RuleError::limit(Limit::ArraySize, limits.array_items)
    }
}

/// rhai tells arithmetic errors apart by their English text only.
fn arithmetic(what: &str) -> RuleError {
    let what_lower = what.to_lowercase();
    let by_zero = what_lower.contains("division by zero") || what_lower.contains("divide by zero");
    // `x / 0`, `x % 0`; `i64::MIN / -1` has the same text.
    if by_zero && what.trim_end().ends_with(" 0") {
        return error_of(RuleCode::DivisionByZero, "division by zero", "Division durch null");
    }
    if by_zero || what_lower.contains("overflow") {
        return overflow();
    }
    if what_lower.contains("negative power") {
        return error_of(
            RuleCode::NotAnInteger,
            "a negative power is a fraction",
            "Eine negative Potenz ergibt einen Bruch",
        );
    }
    error_of(RuleCode::Other, what, &format!("Die Rechnung ist gescheitert: {what}"))
}

/// `name (type, type)`: names are checked when a rule is compiled, so a function that is
/// not found does not fit the values.
fn no_function(signature: &str) -> RuleError {
    let (name, types) = signature.split_once(" (").unwrap_or((signature, ""));
    if name.starts_with("anon$") {
        return error_of(
            RuleCode::WrongType,
            "the function needs another number of parameters here",
            "Die Funktion braucht hier eine andere Zahl von Parametern",
        );
    }
    let types = types.trim_end_matches(')').replace("&str | ImmutableString | String", "string");
    let types: Vec<&str> = types.split(", ").filter(|name| !name.is_empty()).collect();
    let is_operator = !name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if let (true, [left, right]) = (is_operator, &types[..]) {
        return operands(name, left, right);
    }
    let list = |pick: fn(Text) -> String| {
        types.iter().map(|name| pick(rhai_kind(name))).collect::<Vec<_>>().join(", ")
    };
    RuleError::new(
        RuleCode::WrongType,
        Text::new(
            format!("`{name}` cannot be applied to {}", list(|kind| kind.en)),
            format!("`{name}` lässt sich hierauf nicht anwenden: {}", list(|kind| kind.de)),
        ),
    )
}

fn wrong_type(wanted: &str, found: &str) -> RuleError {
    let (wanted, found) = (rhai_kind(wanted), rhai_kind(found));
    RuleError::new(
        RuleCode::WrongType,
        Text::new(
            format!("{} is needed here, but this is {}", wanted.en, found.en),
            format!("Hier wird gebraucht: {}; vorhanden ist: {}", wanted.de, found.de),
        ),
    )
}

fn no_properties() -> RuleError {
    error_of(
        RuleCode::WrongType,
        "this value is no object and no list: it has neither properties nor entries",
        "Dieser Wert ist weder Objekt noch Liste: er hat keine Eigenschaften und keine Einträge",
    )
    .help(
        "if it may be null, write `?.` instead of `.`",
        "Wenn die Angabe leer sein darf, schreiben Sie `?.` statt `.`",
    )
}

fn out_of_bounds(length: usize, index: i64, what: &str, what_de: &str) -> RuleError {
    error_of(
        RuleCode::OutOfBounds,
        &format!("the {what} has {length} entries; there is none at {index} (counting begins at 0)"),
        &format!("{what_de} hat {length} Stellen; {index} gibt es nicht (gezählt wird ab 0)"),
    )
}

fn read_only() -> RuleError {
    error_of(
        RuleCode::ReadOnly,
        "the data of the case cannot be changed by a rule",
        "Eine Regel kann die Daten des Vorgangs nicht ändern",
    )
    .help(
        "work on a copy: `let copy = …;`; to sort, use `order()` instead of `sort()`",
        "Arbeiten Sie mit einer Kopie: `let kopie = …;`; zum Sortieren nehmen Sie `order()` statt `sort()`",
    )
}

/// A text that is no rule.
pub(crate) fn parse_error(error: &ParseError, limits: &Limits) -> RuleError {
    let error_at = |position: Position, error: RuleError| error.at(position.into());
    let limit = match error.err_type() {
        ParseErrorType::ExprTooDeep => Some((Limit::ExpressionDepth, limits.expression_depth)),
        ParseErrorType::TooManyFunctions => Some((Limit::Functions, limits.functions)),
        ParseErrorType::LiteralTooLarge(what, _) => Some(match what {
            what if what.contains("string") => (Limit::StringSize, limits.string_bytes),
            what if what.contains("map") => (Limit::MapSize, limits.map_entries),
            _ => (Limit::ArraySize, limits.array_items),
        }),
        _ => None,
    };
    if let Some((limit, maximum)) = limit {
        return error_at(error.position(), RuleError::limit(limit, maximum));
    }
    let (code, en, de) = syntax(error.err_type());
    let (en, de) = (shorten(&en), shorten(&de));
    let result = RuleError::new(code, Text::new(en, de));
    error_at(error.position(), with_syntax_help(result, error.err_type()))
}

fn syntax(kind: &ParseErrorType) -> (RuleCode, String, String) {
    use ParseErrorType as P;
    let both = |en: String, de: String| (RuleCode::Syntax, en, de);
    match kind {
        P::UnexpectedEOF => both("the rule is incomplete".into(), "Die Regel ist unvollständig".into()),
        P::BadInput(LexError::UnterminatedString) => {
            both("the closing quote is missing".into(), "Das schließende Anführungszeichen fehlt".into())
        }
        P::BadInput(LexError::MalformedNumber(text)) => {
            both(format!("`{text}` is not a whole number"), format!("`{text}` ist keine ganze Zahl"))
        }
        P::BadInput(LexError::MalformedChar(text)) => both(
            format!("`'{text}'` is no text: single quotes hold one letter only"),
            format!(
                "`'{text}'` ist kein Text: In einfachen Anführungszeichen steht nur ein einzelnes Zeichen"
            ),
        ),
        P::BadInput(LexError::UnexpectedInput(text)) => {
            both(format!("`{text}` does not belong here"), format!("`{text}` gehört nicht hierher"))
        }
        P::MissingToken(token, _) => both(format!("`{token}` is missing"), format!("Hier fehlt `{token}`")),
        P::ExprExpected(_) | P::MissingSymbol(_) => {
            both("a value is missing here".into(), "Hier fehlt ein Wert".into())
        }
        P::MismatchedType(wanted, found) => {
            let error = wrong_type(wanted, found);
            (RuleCode::WrongType, error.message, error.message_de)
        }
        P::PropertyExpected => both(
            "the name of a property is missing; numbers are whole (cents instead of euros)".into(),
            "Hier fehlt der Name einer Eigenschaft; Zahlen sind ganz (Cent statt Euro)".into(),
        ),
        P::VariableExpected => {
            both("the name of a variable is missing".into(), "Der Name einer Variablen fehlt".into())
        }
        P::Reserved(name) => (
            RuleCode::NotAllowed,
            format!("`{name}` is reserved and not available in rules"),
            format!("`{name}` ist reserviert und steht in Regeln nicht zur Verfügung"),
        ),
        P::AssignmentToConstant(name) => (
            RuleCode::ReadOnly,
            format!("the constant `{name}` cannot be changed"),
            format!("Die Konstante `{name}` kann nicht geändert werden"),
        ),
        P::FnDuplicatedDefinition(name, _) => both(
            format!("the function `{name}` is defined twice"),
            format!("Die Funktion `{name}` ist doppelt definiert"),
        ),
        P::DuplicatedProperty(name) => both(
            format!("the property `{name}` is given twice"),
            format!("Die Eigenschaft `{name}` ist doppelt angegeben"),
        ),
        P::UnknownOperator(name) => {
            both(format!("there is no operator `{name}`"), format!("Den Operator `{name}` gibt es nicht"))
        }
        P::LoopBreak => both(
            "`break` and `continue` belong into a loop".into(),
            "`break` und `continue` gehören in eine Schleife".into(),
        ),
        other => both(
            format!("the rule cannot be read: {other}"),
            format!("Die Regel ist nicht lesbar (Meldung der Regelsprache: {other})"),
        ),
    }
}

/// The quoted part of a message may be the whole rule.
fn shorten(message: &str) -> String {
    match (message.find('`'), message.rfind('`')) {
        (Some(begin), Some(end)) if begin < end => {
            let quoted = excerpt(&message[begin + 1..end]);
            format!("{}`{quoted}{}", &message[..begin], &message[end..])
        }
        _ => message.to_string(),
    }
}

fn with_syntax_help(error: RuleError, kind: &ParseErrorType) -> RuleError {
    let unknown = match kind {
        ParseErrorType::BadInput(LexError::MalformedChar(text)) => {
            let text = excerpt(text);
            return error.help(
                format!("write the text with double quotes: `\"{text}\"`; in YAML the whole rule may then stand in single ones"),
                format!("Schreiben Sie den Text in doppelten Anführungszeichen: `\"{text}\"`; in YAML darf die ganze Regel dann in einfachen stehen"),
            );
        }
        ParseErrorType::PropertyExpected => {
            return error.help(
                "a day is written with double quotes, year first: `\"2026-03-02\"`; an amount is said in cents: `50`",
                "Ein Tag steht in doppelten Anführungszeichen, das Jahr zuerst: `\"2026-03-02\"`; ein Betrag wird in Cent angegeben: `50`",
            );
        }
        ParseErrorType::UnknownOperator(name) | ParseErrorType::Reserved(name) => name.as_str(),
        ParseErrorType::BadInput(LexError::ImproperSymbol(name, _) | LexError::UnexpectedInput(name)) => name,
        _ => return error,
    };
    let (en, de) = match unknown {
        "and" => ("write `&&` for \"and\"", "Schreiben Sie `&&` für „und“"),
        "or" => ("write `||` for \"or\"", "Schreiben Sie `||` für „oder“"),
        "not" => ("write `!` for \"not\"", "Schreiben Sie `!` für „nicht“"),
        "=" | "===" => ("write `==` to compare", "Schreiben Sie `==` zum Vergleichen"),
        "<>" | "!==" | "=/=" => ("write `!=` for \"not equal\"", "Schreiben Sie `!=` für „ungleich“"),
        "=>" | "=<" => ("write `>=` or `<=`", "Schreiben Sie `>=` oder `<=`"),
        "null" | "nil" | "undefined" => ("null is written `()`", "Eine leere Angabe schreibt man `()`"),
        "let" | "const" | ";" | "fn" | "for" | "while" | "loop" => (
            "an expression is a single value; put statements into a rule file",
            "Ein Ausdruck ist ein einzelner Wert; Anweisungen gehören in eine Regeldatei",
        ),
        // A step or field may be called so.
        name if matches!(kind, ParseErrorType::Reserved(_)) => {
            return error.help(
                format!("a step or field that is called so is read as `steps[\"{name}\"]`; a fixed text stands in double quotes"),
                format!("Einen Schritt oder ein Feld dieses Namens liest man als `steps[\"{name}\"]`; ein fester Text steht in doppelten Anführungszeichen"),
            );
        }
        "„" | "“" | "”" | "‚" | "‘" | "’" => (
            "a text stands in straight double quotes: `\"grant\"`",
            "Ein Text steht in geraden doppelten Anführungszeichen: `\"grant\"`",
        ),
        // A word where a sign should stand: it is prose.
        word if word.starts_with(char::is_alphabetic) => (
            "a fixed text stands in double quotes within the rule: `'\"1 week\"'` in YAML",
            "Ein fester Text steht innerhalb der Regel in doppelten Anführungszeichen: `'\"1 week\"'` in YAML",
        ),
        _ => return error,
    };
    error.help(en, de)
}
