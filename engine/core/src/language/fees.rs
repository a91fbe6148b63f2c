//! Reads what a process says about fees: its own tariffs, and the steps that reckon by one.

use std::sync::Arc;

use super::{Folder, compiler::Compiler, fields::Fields, yaml::Node};
use crate::{
    definition::{Dynamic, FeeStep},
    diagnostic::{Problems, Span},
    law::{FeeLack, FeeLaw, LawProblem, LegalData, Tariffs},
    words::Text,
};

/// The file with the tariffs of a process.
const OWN: &str = "law/fees.yaml";

/// The table of law that can be asked.
const FEES: &str = "fees";

/// The tariffs that a process brings.
pub fn own_fees(folder: &Folder, problems: &mut Problems) -> FeeLaw {
    let Some(bytes) = folder.files.get(OWN) else { return FeeLaw::default() };
    let general = LegalData::built_in();
    let text = String::from_utf8_lossy(bytes);
    FeeLaw::of_process(&text, &general.fees).unwrap_or_else(|LawProblem(why)| {
        problems.error(
            &Span::file(folder.file_name(OWN)),
            "law_invalid",
            Text::new(
                format!("Die Rechtsdaten des Verfahrens sind nicht lesbar. {}", why.de),
                format!("The legal data of the process cannot be read. {}", why.en),
            ),
        );
        FeeLaw::default()
    })
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
            let says_day = asked.iter().any(|(name, _)| &**name == "on");
            self.check_tariff(name.as_str().unwrap_or_default(), says_day, node);
        }
        Some(FeeStep { tariff, asked: Dynamic::Map(asked) })
    }

    /// Whether there is such a position at all. On which days and where, an authority tells.
    fn check_tariff(&mut self, name: &str, says_day: bool, node: &Node) {
        let general = LegalData::built_in();
        let tariffs = Tariffs { own: &self.fees, general: &general.fees };
        let lack = tariffs.named(name).err().or_else(|| {
            (!says_day && tariffs.asks_for_day(name))
                .then(|| FeeLack::KeyDay { tariff: name.into(), law: name.into() })
        });
        let Some(lack) = lack else { return };
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
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
