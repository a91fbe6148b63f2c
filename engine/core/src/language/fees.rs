//! Reads what a process says about fees: its own tariffs, and the steps that reckon by one.

use std::sync::Arc;

use super::{
    Folder,
    compiler::Compiler,
    fields::{Fields, wrong_kind},
    yaml::{Kind as NodeKind, Node, read as read_yaml},
};
use crate::{
    definition::{Compute, Dynamic, Expr, FeeStep, Kind},
    diagnostic::{Problems, Span},
    law::{
        FeeLack, FeeLaw, LegalData, Tariffs,
        fees::Moment,
        place::{At, Place},
    },
    words::{Date, Text, Value},
};

/// The file with the tariffs of a process.
const OWN: &str = "law/fees.yaml";

/// The table of law that can be asked.
const FEES: &str = "fees";

/// The tariffs that a process brings.
pub fn own_fees(folder: &Folder, problems: &mut Problems) -> FeeLaw {
    let Some(bytes) = folder.files.get(OWN) else { return FeeLaw::default() };
    let Some(node) = read_yaml(&folder.file_name(OWN), bytes, 0, problems) else { return FeeLaw::default() };
    let lists = match node.to_value() {
        Value::Object(lists) => lists,
        _ => {
            let wanted = Text::new("eine Zuordnung (Schlüssel: Wert)", "a mapping (key: value)");
            wrong_kind(&node, &wanted, problems);
            return FeeLaw::default();
        }
    };
    let general = LegalData::built_in();
    match FeeLaw::read(&lists, &general.fees) {
        Ok(law) => {
            for problem in law.contradictions(&general.fees) {
                problems
                    .refused_anew(&place_in(&node, &problem.place), "law_contradicts", problem.text)
                    .help(Text::new(
                        "Was die Vorschrift sagt, bleibt stehen; die andere Angabe streichen oder mit „valid_from“ und „valid_to“ auf andere Tage legen.",
                        "Keep what the provision says; remove the other one, or let it hold on other days by `valid_from` and `valid_to`.",
                    ));
            }
            for problem in law.gaps() {
                problems.warning(&place_in(&node, &problem.place), "law_gap", problem.text).help(Text::new(
                    "Steht der Stichtag in dieser Zeit, hält der Vorgang an. „valid_from“ oder „valid_to“ berichtigen, oder eine Zeile für diese Tage ergänzen.",
                    "A case whose key day lies in this time stops. Correct `valid_from` or `valid_to`, or add a row for these days.",
                ));
            }
            law
        }
        Err(problem) => {
            let Text { de, en } = &problem.text;
            let text = Text::new(
                format!("Die Rechtsdaten des Verfahrens sind nicht lesbar. {de}"),
                format!("The legal data of the process cannot be read. {en}"),
            );
            problems.error(&place_in(&node, &problem.place), "law_invalid", text);
            FeeLaw::default()
        }
    }
}

/// Where something stands: what is not there is missing from what is around it. A key is told where its name stands, when
/// nothing lies inside it.
fn place_in(node: &Node, place: &Place) -> Span {
    let (mut node, mut span) = (node, node.span.clone());
    for at in &place.0 {
        let found = match (at, &node.kind) {
            (At::Key(name), NodeKind::Map(entries)) => {
                let entry = entries.iter().find(|(key, _)| key.text == *name);
                entry.map(|(key, value)| (value, key.span.clone()))
            }
            (At::Row(id), NodeKind::List(rows)) => {
                let named = |row: &&Node| row.get("id").and_then(Node::as_text) == Some(id);
                rows.iter().find(named).map(|row| (row, row.span.clone()))
            }
            (At::Number(number), NodeKind::List(items)) => {
                items.get(*number).map(|item| (item, item.span.clone()))
            }
            _ => None,
        };
        let Some(found) = found else { break };
        (node, span) = found;
    }
    span
}

impl Compiler<'_> {
    /// `{ law: fees, tariff: …, … }`.
    pub fn fee(&mut self, node: &Node) -> Option<FeeStep> {
        let fields = Fields::of(node, &mut self.problems)?;
        let table = fields.need("law", &mut self.problems);
        let tariff = fields.need("tariff", &mut self.problems);
        let mut asked: Vec<(Arc<str>, Dynamic)> = Vec::new();
        for name in FeeStep::ASKED {
            if let Some(node) = fields.get(name) {
                asked.push((name.into(), self.dynamic(node)?));
            }
        }
        let said = fields.get("on").map(|on| on.span.clone());
        fields.finish(&mut self.problems);
        let (table, node) = (table?, tariff?);
        if table.as_text().is_none_or(|name| &**name != FEES) {
            self.problems
                .error(
                    &table.span,
                    "unknown_table_of_law",
                    Text::new(
                        "Diese Rechtsdaten können Schritte nicht fragen.",
                        "Steps cannot ask these legal data.",
                    ),
                )
                .help(Text::new(format!("Möglich ist: {FEES}."), format!("Possible is: {FEES}.")));
            return None;
        }
        let tariff = self.dynamic(node)?;
        if let Dynamic::Constant(name) = &tariff {
            let name = name.as_str().unwrap_or_default();
            let day = asked.iter().find(|(name, _)| &**name == "on").map(|(_, day)| day);
            if self.check_tariff(name, day.is_some(), node) {
                self.check_key_day(name, day, said.as_ref().unwrap_or(&node.span));
            }
        }
        Some(FeeStep { tariff, asked: Dynamic::Map(asked) })
    }

    /// A day that is known already, and on which no version of the position holds; or that none is said where the law asks for it.
    fn check_key_day(&mut self, name: &str, day: Option<&Dynamic>, span: &Span) {
        let Some((day, span)) = day.and_then(|day| self.known_day(day, span)) else { return };
        let general = LegalData::built_in();
        let tariffs = Tariffs { own: &self.fees, general: &general.fees };
        let lack = match day {
            Some(day) => {
                let at = Moment { key_day: Some(day), today: day, land: None };
                tariffs.holds(name, &at).err().filter(|lack| matches!(lack, FeeLack::NotOn { .. }))
            }
            None => {
                tariffs.asks_for_day(name).then(|| FeeLack::KeyDay { tariff: name.into(), law: name.into() })
            }
        };
        let Some(lack) = lack else { return };
        let (why, help) = (lack.text(), lack.help());
        let message = Text::new(format!("{}.", why.de), format!("{}.", upper(&why.en)));
        // An authority may have versions of its own of what is built in.
        let certain = day.is_none() || self.fees.tariffs().any(|own| own == name);
        let found = match certain {
            true => self.problems.refused_anew(&span, "fee_not_on_day", message),
            false => self.problems.warning(&span, "fee_not_on_day", message),
        };
        found.help(help);
    }

    /// The day that a value always is, or that it never says one; and where that is written. A block passes its parameter on.
    fn known_day(&self, said: &Dynamic, span: &Span) -> Option<(Option<Date>, Span)> {
        let always = |rule: &Expr| match rule.source.trim() {
            "()" => Some((None, rule.span.clone())),
            source => {
                let day = source.strip_prefix('"')?.strip_suffix('"')?.parse().ok()?;
                Some((Some(day), rule.span.clone()))
            }
        };
        match said {
            Dynamic::Constant(Value::Null) => Some((None, span.clone())),
            Dynamic::Constant(day) => Some((Some(day.as_str()?.parse().ok()?), span.clone())),
            Dynamic::Rule(rule) => always(rule).or_else(|| {
                let name = rule.source.strip_prefix("result.")?;
                let beside = self.steps.iter().filter(|step| step.frame == rule.frame);
                let mut written = beside.filter_map(|step| match &step.kind {
                    Kind::Compute(Compute::Fields(fields)) => {
                        fields.iter().find(|(field, _)| **field == *name)
                    }
                    _ => None,
                });
                // What is written more than once is not known.
                let (_, once) = written.next()?;
                written.next().is_none().then(|| always(once))?
            }),
            _ => None,
        }
    }

    /// Whether there is such a position at all. On which days and where, an authority tells.
    fn check_tariff(&mut self, name: &str, says_day: bool, node: &Node) -> bool {
        let general = LegalData::built_in();
        let tariffs = Tariffs { own: &self.fees, general: &general.fees };
        let lack = tariffs.named(name).err().or_else(|| {
            (!says_day && tariffs.asks_for_day(name))
                .then(|| FeeLack::KeyDay { tariff: name.into(), law: name.into() })
        });
        let Some(lack) = lack else { return true };
        let (why, help) = (lack.text(), lack.help());
        let known: Vec<&str> = tariffs.tariffs().collect();
        self.problems
            .error(
                &node.span,
                "fee_unknown",
                Text::new(format!("{}.", why.de), format!("{}.", upper(&why.en))),
            )
            .help(help)
            .did_you_mean(name, known);
        false
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
