//! Rows of a file (CSV) as applications of a process: each column a field, each bad row told with its line and column.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_core::{
    authority::MOST_RUN_CASES,
    schema::{Choice, Field, ObjectType, TextFormat, Type, Validator},
    words::{Object, Text, Value},
};
use sha2::{Digest, Sha256};

use crate::rows_text::{decoded, faults_of_quotes};

/// The largest file, in bytes.
pub const MAX_ROWS_BYTES: usize = 4 * 1024 * 1024;
/// So many faults are told; how many there are is told beside them.
const MOST_FAULTS: usize = 200;
/// What separates the cells of a row, where the first line does not tell.
const SEPARATORS: [u8; 3] = *b";,\t";
/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The hash of the file.
    pub file: Arc<str>,
    /// Its columns, as the names of fields.
    pub columns: Vec<String>,
    /// The applications, each with the line where it begins.
    pub rows: Vec<(u64, Object)>,
    /// What is wrong, the first of it.
    pub faults: Vec<RowFault>,
    /// How much is wrong.
    pub all_faults: usize,
}

/// What is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line, from 1.
    pub line: u64,
    /// The column, as the first line calls it.
    pub column: Option<String>,
    /// What and why.
    pub why: Text,
}

/// A column that is a field, perhaps one within another.
struct Column<'s> {
    heading: String,
    path: Vec<&'s str>,
    field: &'s Field,
}

impl Rows {
    /// Reads a file.
    pub fn read(bytes: &[u8], schema: &ObjectType, validator: &Validator) -> Rows {
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut rows = Rows { file: hash.into(), ..Rows::default() };
        if bytes.len() > MAX_ROWS_BYTES {
            rows.fault(1, None, too_large());
            return rows;
        }
        let text = match decoded(bytes) {
            Ok(text) => text,
            Err((line, why)) => {
                rows.fault(line, None, why);
                return rows;
            }
        };
        let separator = separator_of(&text);
        for (line, why) in faults_of_quotes(&text, separator) {
            rows.fault(line, None, why);
        }
        if rows.all_faults > 0 {
            return rows;
        }
        let mut reader =
            csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
        let headings = match reader.headers() {
            Ok(headings) => headings.clone(),
            Err(error) => {
                rows.fault(1, None, unreadable(&error));
                return rows;
            }
        };
        let columns = rows.headed(&headings, schema);
        rows.columns = columns.iter().flatten().map(|column| column.path.join(".")).collect();
        let missing: BTreeSet<String> = rows.missing(&columns, schema);
        let lists = schema.fields.iter().filter(|field| field.required && is_list(&field.ty));
        let empty: Object = lists.map(|field| (field.name.to_string(), Value::Array(Vec::new()))).collect();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(1, csv::Position::line);
                    rows.fault(line, None, unreadable(&error));
                    continue;
                }
            };
            if record.iter().any(|cell| !cell.trim().is_empty()) {
                rows.take(&record, &columns, &empty, (validator, &missing));
            }
            if rows.rows.len() > MOST_RUN_CASES {
                let line = record.position().map_or(1, csv::Position::line);
                rows.fault(line, None, too_many());
                break;
            }
        }
        if rows.rows.is_empty() && rows.faults.is_empty() {
            rows.fault(
                1,
                None,
                Text::new(
                    "Die Datei hat keine Zeilen unter der Kopfzeile.",
                    "The file has no rows below its first line.",
                ),
            );
        }
        rows
    }

    fn fault(&mut self, line: u64, column: Option<&str>, why: Text) {
        self.all_faults += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(RowFault { line, column: column.map(str::to_owned), why });
        }
    }

    /// Which fields the columns are.
    fn headed<'s>(
        &mut self,
        headings: &csv::StringRecord,
        schema: &'s ObjectType,
    ) -> Vec<Option<Column<'s>>> {
        let mut leaves = Vec::new();
        look_for_leaves(schema, &mut Vec::new(), &mut leaves);
        let mut columns: Vec<Option<Column<'s>>> = Vec::new();
        for heading in headings {
            let heading = heading.trim();
            let found = leaves.iter().find(|(path, field)| {
                let said = folded(heading);
                let titles = [&field.title.de, &field.title.en].map(|title| folded(title));
                folded(&path.join(".")) == said || (path.len() == 1 && titles.contains(&said))
            });
            let twice =
                found.is_some_and(|(path, _)| columns.iter().flatten().any(|known| known.path == *path));
            match found {
                Some(_) if twice => self.fault(
                    1,
                    Some(heading),
                    Text::new("Diese Spalte steht zweimal da.", "This column stands twice."),
                ),
                Some((_, field)) if !fits_a_cell(&field.ty) => self.fault(
                    1,
                    Some(heading),
                    Text::new(
                        "Diese Angabe ist eine Liste; sie kann nicht aus einer Datei kommen.",
                        "This is a list; it cannot come from a file.",
                    ),
                ),
                Some((path, field)) => {
                    let (heading, path) = (heading.to_owned(), path.clone());
                    columns.push(Some(Column { heading, path, field }));
                    continue;
                }
                None => self.fault(
                    1,
                    Some(heading),
                    Text::new(
                        "Diese Spalte ist keine Angabe des Verfahrens. In der Kopfzeile stehen die Namen oder Titel der Felder.",
                        "This column is no field of the process. The first line holds the names or titles of fields.",
                    ),
                ),
            }
            columns.push(None);
        }
        columns
    }

    /// The fields that every application needs, and no column is.
    fn missing(&mut self, columns: &[Option<Column<'_>>], schema: &ObjectType) -> BTreeSet<String> {
        let there = |name: &str| columns.iter().flatten().any(|column| column.path[0] == name);
        let needed = schema.fields.iter().filter(|field| field.required && !there(&field.name));
        let needed = needed.filter(|field| !is_list(&field.ty));
        let mut missing = BTreeSet::new();
        for field in needed {
            let why = Text::new(
                format!("Die Spalte „{}“ ({}) fehlt.", field.title.de, field.name),
                format!("The column “{}” ({}) is missing.", field.title.en, field.name),
            );
            self.fault(1, Some(&field.name), why);
            missing.insert(format!("/{}", field.name));
        }
        missing
    }

    fn take(
        &mut self,
        record: &csv::StringRecord,
        columns: &[Option<Column<'_>>],
        empty: &Object,
        (validator, missing): (&Validator, &BTreeSet<String>),
    ) {
        let line = record.position().map_or(1, csv::Position::line);
        if record.len() != columns.len() {
            let (found, wanted) = (record.len(), columns.len());
            let why = Text::new(
                format!(
                    "Die Zeile hat {found} Zellen, die Kopfzeile {wanted}. Zellen mit Trennzeichen gehören in Anführungszeichen."
                ),
                format!(
                    "The row has {found} cells, the first line {wanted}. Cells with separators need quotes."
                ),
            );
            self.fault(line, None, why);
            return;
        }
        let mut data = empty.clone();
        let mut good = true;
        for (cell, column) in record.iter().zip(columns) {
            let Some(column) = column else { continue };
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            if cell.contains('\n') && !has_lines(&column.field.ty) {
                good = false;
                self.fault(line, Some(&column.heading), has_line_break());
                continue;
            }
            match read_cell(cell, &column.field.ty) {
                Ok(value) => put(&mut data, &column.path, value),
                Err(why) => {
                    good = false;
                    self.fault(line, Some(&column.heading), why);
                }
            }
        }
        if !good {
            return;
        }
        let value = Value::Object(data);
        for misfit in validator.check(&value).into_iter().filter(|misfit| !missing.contains(&misfit.at)) {
            let at = misfit.at.trim_start_matches('/').replace('/', ".");
            let heading = columns.iter().flatten().find(|column| column.path.join(".") == at);
            let column = heading.map_or(at.clone(), |column| column.heading.clone());
            self.fault(
                line,
                Some(&column).filter(|column| !column.is_empty()).map(String::as_str),
                misfit.message,
            );
        }
        if let Value::Object(data) = value {
            self.rows.push((line, data));
        }
    }
}

/// A list that no column holds is empty; whether it may be, the validator tells.
fn is_list(ty: &Type) -> bool {
    matches!(ty, Type::Choices(_) | Type::List { .. } | Type::Documents)
}

fn fits_a_cell(ty: &Type) -> bool {
    ty.is_scalar() || several_of(ty).is_some()
}

/// Of what any number may be chosen.
fn several_of(ty: &Type) -> Option<&[Choice]> {
    match ty {
        Type::Choices(choices) => Some(choices),
        Type::List { item, .. } => match &**item {
            Type::Choice(choices) => Some(choices),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a cell may have several lines.
fn has_lines(ty: &Type) -> bool {
    matches!(ty, Type::Text { format: TextFormat::Lines, .. })
}

fn has_line_break() -> Text {
    Text::new(
        "In dieser Zelle steht ein Zeilenumbruch. Vielleicht fehlt ein Anführungszeichen, und die nächste Zeile ist in ihr verschwunden.",
        "This cell has a line break. Perhaps a quote is missing, and the next row has vanished in it.",
    )
}

/// All fields that are not made of others, with the way to them.
fn look_for_leaves<'s>(
    schema: &'s ObjectType,
    above: &mut Vec<&'s str>,
    found: &mut Vec<(Vec<&'s str>, &'s Field)>,
) {
    for field in &schema.fields {
        above.push(&field.name);
        match &field.ty {
            Type::Object(inner) => look_for_leaves(inner, above, found),
            _ => found.push((above.clone(), field)),
        }
        above.pop();
    }
}

fn put(data: &mut Object, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => {
            data.insert((*name).to_owned(), value);
        }
        [name, below @ ..] => {
            let inner = data.entry((*name).to_owned()).or_insert_with(|| Value::Object(Object::new()));
            if let Value::Object(inner) = inner {
                put(inner, below, value);
            }
        }
    }
}

/// A cell as its field wants it: numbers, amounts and days as people write them.
fn read_cell(cell: &str, ty: &Type) -> Result<Value, Text> {
    if let Some(choices) = several_of(ty) {
        return Ok(all_chosen(cell, choices));
    }
    match ty {
        Type::Integer { money: true, .. } => money(cell).map(Value::from).ok_or_else(|| {
            Text::new("Das ist kein Betrag wie 1.234,50.", "This is no amount like 1.234,50 or 1234.50.")
        }),
        Type::Integer { .. } => cell
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| Text::new("Das ist keine ganze Zahl.", "This is not a whole number.")),
        Type::Boolean => match folded(cell).as_str() {
            "ja" | "j" | "yes" | "true" | "wahr" | "x" | "1" => Ok(true.into()),
            "nein" | "n" | "no" | "false" | "falsch" | "-" | "0" => Ok(false.into()),
            _ => Err(Text::new("Hier steht ja oder nein.", "This is yes or no.")),
        },
        Type::Choice(choices) => Ok(chosen(cell, choices).unwrap_or(cell).into()),
        Type::Text { format: TextFormat::Date, .. } => Ok(day(cell).into()),
        _ => Ok(cell.into()),
    }
}

/// The ids of all that a cell names.
fn all_chosen(cell: &str, choices: &[Choice]) -> Value {
    // The title of one may have a comma in it.
    let parts: Vec<&str> = match chosen(cell, choices) {
        Some(one) => vec![one],
        None if cell.contains([';', '|']) => cell.split([';', '|']).collect(),
        None => cell.split(',').collect(),
    };
    let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Value::from(chosen(part, choices).unwrap_or(part))).collect()
}

/// The id of what a cell names by its id or title. What is none of them the validator tells, with all that there are.
fn chosen<'c>(cell: &str, choices: &'c [Choice]) -> Option<&'c str> {
    let said = folded(cell);
    let found = choices.iter().find(|choice| {
        let Text { de, en } = &choice.title;
        folded(&choice.id) == said || folded(de) == said || folded(en) == said
    });
    found.map(|choice| &*choice.id)
}

/// Cents of an amount, `1.234,50` or `1234.50`; the last of `.` and `,` that two digits follow is the decimal one.
fn money(cell: &str) -> Option<i64> {
    let cell = cell.trim_end_matches(['€', ' ', '\u{a0}']).trim_end_matches("EUR").trim();
    let (sign, digits) = match cell.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, cell),
    };
    let decimal = digits.rfind([',', '.']).filter(|at| digits.len() - at == 3);
    let (euros, cents) = decimal.map_or((digits, "00"), |at| (&digits[..at], &digits[at + 1..]));
    let mut groups = euros.split(['.', '\'']);
    let first = groups.next().filter(|first| !first.is_empty())?;
    let rest: Vec<&str> = groups.collect();
    // Thousands never begin with a nought: `0.125` is no amount, and not 125 euros.
    let thousands = rest.is_empty() || (first.len() <= 3 && !first.starts_with('0'));
    if !thousands || !rest.iter().all(|group| group.len() == 3) {
        return None;
    }
    let all: String = [first].into_iter().chain(rest).chain([cents]).collect();
    let whole = all.bytes().all(|byte| byte.is_ascii_digit());
    all.parse::<i64>().ok().filter(|_| whole).map(|cents| sign * cents)
}

/// `1.3.2026` as `2026-03-01`; everything else as it stands, and the validator tells what is no day.
fn day(cell: &str) -> String {
    let parts: Vec<&str> = cell.split('.').map(str::trim).collect();
    match parts.as_slice() {
        [day, month, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => cell.to_owned(),
    }
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// What stands most often in the first line, outside of quotes.
fn separator_of(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [0_usize; SEPARATORS.len()];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if !quoted => {
                if let Some(place) = SEPARATORS.iter().position(|separator| *separator == byte) {
                    counts[place] += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let place = counts.iter().position(|count| *count == most).unwrap_or(0);
    SEPARATORS[place]
}

fn unreadable(error: &csv::Error) -> Text {
    Text::new(format!("Die Zeile ist nicht lesbar: {error}"), format!("The row cannot be read: {error}"))
}

fn too_large() -> Text {
    let most = MAX_ROWS_BYTES / 1024 / 1024;
    Text::new(
        format!("Die Datei ist größer als {most} MB. Bitte auf mehrere Sammelläufe verteilen."),
        format!("The file is larger than {most} MB. Please split it over several runs."),
    )
}

fn too_many() -> Text {
    Text::new(
        format!("Die Datei hat mehr als {MOST_RUN_CASES} Zeilen. Bitte auf mehrere Sammelläufe verteilen."),
        format!("The file has more than {MOST_RUN_CASES} rows. Please split it over several runs."),
    )
}
