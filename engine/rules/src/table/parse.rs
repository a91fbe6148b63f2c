//! The condition in one cell of a decision table: unary tests of S-FEEL (DMN 1.5, clause 9),
//! for whole numbers, texts, dates, true/false and null.
//!
//! ```text
//! tests    = "-" | "not(" list ")" | list
//! list     = test { "," test }
//! test     = literal | ("<" | "<=" | ">" | ">=" | "!=") literal | interval
//! interval = ("[" | "(" | "]") literal ".." literal ("]" | ")" | "[")
//! literal  = integer | "\"text\"" | true | false | null | date("2026-03-02")
//! ```

use crate::error::{Place, Text, excerpt};
use crate::table::cell::{Check, Test, is_iso_date, next_text};
use crate::table::error::{CellError, TableCode};

/// Reads the text of a cell.
pub(crate) fn parse(text: &str) -> Result<Test, CellError> {
    let mut reader = Reader { text, at: 0 };
    reader.space();
    if reader.rest().is_empty() {
        return Err(reader
            .error("the cell is empty", "Die Zelle ist leer")
            .with_help("write `-` if every value fits", "Schreiben Sie `-`, wenn jeder Wert passt"));
    }
    if reader.rest().trim_end() == "-" {
        return Ok(Test::Any);
    }
    if reader.take_word("not") {
        reader.space();
        if !reader.take("(") {
            return Err(reader
                .error("`not` needs parentheses", "Zu `not` gehören Klammern")
                .with_help("write `not(…)`", "Schreiben Sie `not(…)`"));
        }
        let checks = reader.list()?;
        if !reader.take(")") {
            return Err(reader.error("`)` is missing", "Hier fehlt `)`"));
        }
        reader.end()?;
        return Ok(Test::Not(checks));
    }
    let checks = reader.list()?;
    reader.end()?;
    Ok(Test::OneOf(checks))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Literal {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    Date(String),
}

struct Reader<'t> {
    text: &'t str,
    /// Byte offset of what comes next.
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.space();
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let found = self.rest().strip_prefix(word).is_some_and(ends);
        if found {
            self.at += word.len();
        }
        found
    }

    fn error(&self, en: impl Into<String>, de: impl Into<String>) -> CellError {
        self.error_as(TableCode::CellSyntax, Text::new(en, de))
    }

    fn error_as(&self, code: TableCode, text: Text) -> CellError {
        let before = &self.text[..self.at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        CellError::new(code, text).at(Place { line: Some(line), column: Some(column) })
    }

    fn list(&mut self) -> Result<Vec<Check>, CellError> {
        let mut checks = Vec::new();
        loop {
            self.test(&mut checks)?;
            if !self.take(",") {
                return Ok(checks);
            }
        }
    }

    fn end(&mut self) -> Result<(), CellError> {
        self.space();
        let rest = self.rest();
        if rest.is_empty() {
            return Ok(());
        }
        let shown = excerpt(rest);
        let error =
            self.error(format!("`{shown}` does not belong here"), format!("`{shown}` gehört nicht hierher"));
        Err(if rest.starts_with("..") || rest.starts_with('-') || rest.starts_with('–') {
            error.with_help(
                "write a range in brackets: `[1..5]`, without its end `[1..5)`",
                "Schreiben Sie einen Bereich in Klammern: `[1..5]`, ohne das Ende `[1..5)`",
            )
        } else if rest.starts_with("and") || rest.starts_with("und") || rest.starts_with("&&") {
            error.with_help(
                "write a range (`[1..5)`), or use a second column",
                "Schreiben Sie einen Bereich (`[1..5)`) oder verwenden Sie eine zweite Spalte",
            )
        } else if rest.starts_with("or") || rest.starts_with(';') || rest.starts_with('|') {
            error.with_help("separate values by `,`", "Trennen Sie die Werte durch `,`")
        } else {
            error
        })
    }

    fn test(&mut self, checks: &mut Vec<Check>) -> Result<(), CellError> {
        self.space();
        let start = self.at;
        for (written, meant) in [
            ("≤", "<="),
            ("≥", ">="),
            ("≠", "!="),
            ("<>", "!="),
            ("=<", "<="),
            ("=>", ">="),
            ("==", ""),
            ("=", ""),
        ] {
            if self.rest().starts_with(written) {
                let error = self.error(
                    format!("`{written}` is not known here"),
                    format!("`{written}` ist hier nicht bekannt"),
                );
                return Err(if meant.is_empty() {
                    error.with_help("write the value alone", "Schreiben Sie nur den Wert")
                } else {
                    error.with_help(format!("write `{meant}`"), format!("Schreiben Sie `{meant}`"))
                });
            }
        }
        for operator in ["<=", ">=", "!=", "<", ">"] {
            if self.take(operator) {
                let literal = self.literal()?;
                let compared = compare(operator, literal);
                return self.accept(checks, compared, start);
            }
        }
        for (bracket, included) in [("[", true), ("(", false), ("]", false)] {
            if self.take(bracket) {
                let interval = self.interval(included)?;
                return self.accept(checks, interval, start);
            }
        }
        let literal = self.literal()?;
        self.accept(checks, equal(literal), start)
    }

    /// Adds the checks, unless they match nothing at all.
    fn accept(
        &mut self,
        checks: &mut Vec<Check>,
        found: Option<Vec<Check>>,
        start: usize,
    ) -> Result<(), CellError> {
        match found {
            Some(found) if !found.is_empty() => {
                checks.extend(found);
                Ok(())
            }
            Some(_) => {
                let shown = excerpt(self.text[start..self.at].trim());
                self.at = start;
                Err(self.error_as(
                    TableCode::EmptyRange,
                    Text::new(format!("no value fits `{shown}`"), format!("Zu `{shown}` passt kein Wert")),
                ))
            }
            None => {
                self.at = start;
                Err(self.error(
                    "true, false and null have no order",
                    "Wahrheitswerte und null haben keine Reihenfolge",
                ))
            }
        }
    }

    fn interval(&mut self, from_included: bool) -> Result<Option<Vec<Check>>, CellError> {
        let from = self.literal()?;
        if !self.take("..") {
            return Err(self.error(
                "`..` between the ends of the range is missing",
                "Zwischen den Enden des Bereichs fehlt `..`",
            ));
        }
        let to = self.literal()?;
        let to_included = if self.take("]") {
            true
        } else if self.take(")") || self.take("[") {
            false
        } else {
            return Err(self.error("`]` is missing", "Hier fehlt `]`"));
        };
        Ok(match (from, to) {
            (Literal::Number(from), Literal::Number(to)) => {
                let first = if from_included { Some(from) } else { from.checked_add(1) };
                let last = if to_included { Some(to) } else { to.checked_sub(1) };
                Some(numbers(first, last))
            }
            (Literal::Text(from), Literal::Text(to)) => {
                Some(texts(lower(from, from_included), Some(upper(to, to_included)), Check::Texts))
            }
            (Literal::Date(from), Literal::Date(to)) => {
                Some(texts(lower(from, from_included), Some(upper(to, to_included)), Check::Dates))
            }
            (Literal::Null | Literal::Bool(_), _) | (_, Literal::Null | Literal::Bool(_)) => None,
            _ => {
                return Err(self.error_as(
                    TableCode::MixedTypes,
                    Text::new(
                        "both ends of a range must be of the same type",
                        "Beide Enden eines Bereichs müssen von gleicher Art sein",
                    ),
                ));
            }
        })
    }

    fn literal(&mut self) -> Result<Literal, CellError> {
        self.space();
        let rest = self.rest();
        match rest.chars().next() {
            Some('"') => self.quoted().map(Literal::Text),
            Some(c) if c.is_ascii_digit() || (c == '-' && starts_number(&rest[1..])) => self.number(),
            Some('„' | '“' | '”' | '\'' | '‚' | '‘' | '’' | '»' | '«' | '`') => {
                let inner = rest.trim_matches(|c: char| "„“”'‚‘’»«`".contains(c) || c.is_whitespace());
                Err(self.unquoted(inner))
            }
            Some(c) if c.is_alphabetic() || c == '_' => self.word(),
            Some(_) => {
                let shown = excerpt(rest);
                Err(self.error(
                    format!("a value is missing before `{shown}`"),
                    format!("Vor `{shown}` fehlt ein Wert"),
                ))
            }
            None => Err(self.error("a value is missing", "Hier fehlt ein Wert")),
        }
    }

    fn number(&mut self) -> Result<Literal, CellError> {
        let rest = self.rest();
        let signed = usize::from(rest.starts_with('-'));
        let digits = rest[signed..].bytes().take_while(u8::is_ascii_digit).count();
        let end = signed + digits;
        let after = &rest[end..];
        let fraction = |point: char| {
            after.strip_prefix(point).is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()))
        };
        if fraction('.') {
            return Err(self
                .error_as(
                    TableCode::NotAnInteger,
                    Text::new("numbers are whole", "Zahlen sind hier ganze Zahlen"),
                )
                .with_help(
                    "write money in cents and measures in a smaller unit",
                    "Schreiben Sie Geld in Cent und Maße in einer kleineren Einheit",
                ));
        }
        if after.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            let word = excerpt(rest.split([',', ')', ']']).next().unwrap_or(rest).trim());
            return Err(self.unquoted(&word));
        }
        let number = rest[..end].parse().map_err(|_| {
            self.error_as(
                TableCode::NotAnInteger,
                Text::new("the number is too large", "Die Zahl ist zu groß"),
            )
        })?;
        self.at += end;
        Ok(Literal::Number(number))
    }

    fn quoted(&mut self) -> Result<String, CellError> {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.char_indices().skip(1).find_map(|(index, c)| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes.then_some(index + 1)
        });
        let Some(end) = end else {
            return Err(self.error("the closing `\"` is missing", "Das schließende `\"` fehlt"));
        };
        let text = serde_json::from_str(&rest[..end]).map_err(|_| {
            self.error(
                "the text has an escape that is not known",
                "Der Text enthält eine unbekannte Folge mit `\\`",
            )
            .with_help(
                "write `\\\\` for a backslash",
                "Schreiben Sie `\\\\` für einen umgekehrten Schrägstrich",
            )
        })?;
        self.at += end;
        Ok(text)
    }

    fn word(&mut self) -> Result<Literal, CellError> {
        for (word, literal) in
            [("null", Literal::Null), ("true", Literal::Bool(true)), ("false", Literal::Bool(false))]
        {
            if self.take_word(word) {
                return Ok(literal);
            }
        }
        let start = self.at;
        if self.take_word("date") && self.take("(") {
            self.space();
            let at = self.at;
            let text = self.quoted()?;
            if !is_iso_date(&text) {
                self.at = at;
                return Err(self
                    .error(
                        format!("`{}` is no day of the calendar", excerpt(&text)),
                        format!("`{}` ist kein Tag des Kalenders", excerpt(&text)),
                    )
                    .with_help(
                        "write year-month-day: `date(\"2026-03-02\")`",
                        "Schreiben Sie Jahr-Monat-Tag: `date(\"2026-03-02\")`",
                    ));
            }
            if !self.take(")") {
                return Err(self.error("`)` is missing", "Hier fehlt `)`"));
            }
            return Ok(Literal::Date(text));
        }
        self.at = start;
        let rest = self.rest();
        let word = rest.split([',', ')', ']', '[', '\n']).next().unwrap_or(rest);
        let word = word.split("..").next().unwrap_or(word).trim();
        Err(self.unquoted(word))
    }

    fn unquoted(&self, word: &str) -> CellError {
        let shown = excerpt(word);
        let quoted = serde_json::Value::from(shown.as_str());
        self.error_as(
            TableCode::MissingQuotes,
            Text::new(
                format!("text stands in double quotes; `{shown}` does not"),
                format!("Text steht in geraden doppelten Anführungszeichen; `{shown}` nicht"),
            ),
        )
        .with_help(
            format!("did you mean `{quoted}`? In YAML: `'{quoted}'`"),
            format!("Meinten Sie `{quoted}`? In YAML: `'{quoted}'`"),
        )
    }
}

fn starts_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn equal(literal: Literal) -> Option<Vec<Check>> {
    Some(vec![match literal {
        Literal::Null => Check::Null,
        Literal::Bool(truth) => Check::Bool(truth),
        Literal::Number(number) => Check::Numbers(number, number),
        Literal::Text(text) => Check::Texts(text.clone(), Some(next_text(&text))),
        Literal::Date(date) => Check::Dates(date.clone(), Some(next_text(&date))),
    }])
}

/// `None`: the literal has no order.
fn compare(operator: &str, literal: Literal) -> Option<Vec<Check>> {
    match (operator, literal) {
        ("!=", Literal::Null) => Some(vec![Check::NotNull]),
        ("!=", Literal::Bool(truth)) => Some(vec![Check::Bool(!truth)]),
        (_, Literal::Null | Literal::Bool(_)) => None,
        (_, Literal::Number(number)) => Some(match operator {
            "<" => numbers(Some(i64::MIN), number.checked_sub(1)),
            "<=" => numbers(Some(i64::MIN), Some(number)),
            ">" => numbers(number.checked_add(1), Some(i64::MAX)),
            ">=" => numbers(Some(number), Some(i64::MAX)),
            _ => {
                let mut checks = numbers(Some(i64::MIN), number.checked_sub(1));
                checks.extend(numbers(number.checked_add(1), Some(i64::MAX)));
                checks
            }
        }),
        (_, Literal::Text(text)) => Some(compare_text(operator, text, Check::Texts)),
        (_, Literal::Date(text)) => Some(compare_text(operator, text, Check::Dates)),
    }
}

type MakeCheck = fn(String, Option<String>) -> Check;

fn compare_text(operator: &str, text: String, make: MakeCheck) -> Vec<Check> {
    match operator {
        "<" => texts(String::new(), Some(text), make),
        "<=" => texts(String::new(), Some(next_text(&text)), make),
        ">" => texts(next_text(&text), None, make),
        ">=" => texts(text, None, make),
        _ => {
            let mut checks = texts(String::new(), Some(text.clone()), make);
            checks.extend(texts(next_text(&text), None, make));
            checks
        }
    }
}

fn lower(text: String, included: bool) -> String {
    if included { text } else { next_text(&text) }
}

fn upper(text: String, included: bool) -> String {
    if included { next_text(&text) } else { text }
}

fn numbers(first: Option<i64>, last: Option<i64>) -> Vec<Check> {
    match (first, last) {
        (Some(first), Some(last)) if first <= last => vec![Check::Numbers(first, last)],
        _ => Vec::new(),
    }
}

fn texts(from: String, to: Option<String>, make: MakeCheck) -> Vec<Check> {
    if to.as_ref().is_some_and(|to| *to <= from) {
        return Vec::new();
    }
    vec![make(from, to)]
}
