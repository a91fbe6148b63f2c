//! What is said of a fee: the sentences of its calculation, and why there is none.

use std::sync::Arc;

use fachwerk_deadlines::Land;
use fachwerk_rules::{Lang, money_text};

use super::{Direction, RateRow, Rounding, RuleRow};
use crate::{
    law::row::{LawUsed, Row},
    words::{Date, Text, day_text},
};

/// What was reckoned so far.
#[derive(Debug, Default)]
pub struct Reckoning {
    pub words: Vec<Text>,
    pub law: Vec<LawUsed>,
    pub needs: Vec<&'static str>,
}

impl Reckoning {
    pub fn say(&mut self, words: Text) {
        self.words.push(words);
    }

    pub fn expenses(&mut self, expenses: i64, total: Option<i64>) {
        if expenses == 0 {
            return;
        }
        let (de, en) = money(expenses);
        self.say(Text::new(format!("Auslagen: {de}."), format!("Expenses: {en}.")));
        if let Some(total) = total {
            let (de, en) = money(total);
            self.say(Text::new(format!("Zusammen: {de}."), format!("Together: {en}.")));
        }
    }
}

fn money(cents: i64) -> (String, String) {
    (money_text(cents, Lang::De), money_text(cents, Lang::En))
}

/// When something holds, behind that it does not on a day.
fn times(holds: &[(Option<Date>, Option<Date>)]) -> (String, String) {
    /// More are not told.
    const MOST: usize = 4;
    let said = holds.iter().take(MOST).map(|(from, to)| match (from.map(day_text), to.map(day_text)) {
        (Some(from), Some(to)) => {
            (format!("vom {} bis zum {}", from.de, to.de), format!("from {} to {}", from.en, to.en))
        }
        (Some(from), None) => (format!("ab dem {}", from.de), format!("from {} on", from.en)),
        (None, Some(to)) => (format!("bis zum {}", to.de), format!("until {}", to.en)),
        (None, None) => ("immer".to_owned(), "always".to_owned()),
    });
    let (de, en): (Vec<String>, Vec<String>) = said.unzip();
    match de.is_empty() {
        true => Default::default(),
        false => (format!("; es gilt {}", de.join(", ")), format!("; it holds {}", en.join(", "))),
    }
}

/// `(§ 12 Abs. 3 VwKostG LSA)`, or nothing.
fn by(norm: Option<&str>) -> String {
    norm.map(|norm| format!(" ({norm})")).unwrap_or_default()
}

fn without_stop(reasons: &str) -> &str {
    reasons.trim_end_matches('.')
}

pub fn amount_word() -> Text {
    Text::new("Der Betrag", "The amount")
}

pub fn share_word() -> Text {
    Text::new("Der Anteil in Prozent", "The share in percent")
}

pub fn reduced_word() -> Text {
    Text::new("Der Anteil der vollen Gebühr in Prozent", "The share of the full fee in percent")
}

pub fn fixed(cents: i64) -> Text {
    let (de, en) = money(cents);
    Text::new(format!("Feste Gebühr: {de}."), format!("Fixed fee: {en}."))
}

pub fn units(one: i64, units: &[Text], counts: &[i64], cents: i64) -> Text {
    let ((one_de, one_en), (de, en)) = (money(one), money(cents));
    let counted = |word: fn(&Text) -> &Arc<str>| {
        let each = units.iter().zip(counts).map(|(unit, count)| format!("{count} ({})", word(unit)));
        each.collect::<Vec<_>>().join(" × ")
    };
    Text::new(
        format!("{} × {one_de} = {de}.", counted(|unit| &unit.de)),
        format!("{} × {one_en} = {en}.", counted(|unit| &unit.en)),
    )
}

pub fn frame(min: i64, max: i64, set: Option<(i64, &str)>) -> Text {
    let ((min_de, min_en), (max_de, max_en)) = (money(min), money(max));
    let (mut de, mut en) = (
        format!("Rahmengebühr {min_de} bis {max_de}"),
        format!("Fee within a frame of {min_en} to {max_en}"),
    );
    if let Some((amount, reasons)) = set {
        let (set_de, set_en) = money(amount);
        let reasons = without_stop(reasons);
        de += &format!("; angesetzt {set_de}. Begründung: {reasons}");
        en += &format!("; set to {set_en}. Reasons: {reasons}");
    }
    Text::new(de + ".", en + ".")
}

pub fn value(value: i64, counted: i64, rule: Option<&Row<RuleRow>>) -> Text {
    let (mut de, mut en) = money(value);
    if rule.is_some_and(|rule| rule.what.value_includes_vat) {
        de += " einschließlich Umsatzsteuer";
        en += " including value added tax";
    }
    if counted != value {
        let ((to_de, to_en), norm) = (money(counted), by(rule.and_then(|rule| rule.norm.as_deref())));
        de += &format!(", gerundet auf {to_de}{norm}");
        en += &format!(", rounded to {to_en}{norm}");
    }
    Text::new(format!("Wert: {de}."), format!("Value: {en}."))
}

pub fn value_share(value: i64, per_ten_thousand: i64, cents: i64) -> Text {
    let ((of_de, of_en), (de, en)) = (money(value), money(cents));
    let (whole, rest) = (per_ten_thousand / 100, per_ten_thousand % 100);
    let parts = |mark: &str| match rest {
        0 => whole.to_string(),
        rest => format!("{whole}{mark}{rest:02}").trim_end_matches('0').to_owned(),
    };
    Text::new(format!("{} % von {of_de} = {de}.", parts(",")), format!("{}% of {of_en} = {en}.", parts(".")))
}

pub fn value_step(up_to: Option<i64>, above: i64, cents: i64) -> Text {
    let (de, en) = money(cents);
    let (place_de, place_en) = match up_to {
        Some(end) => {
            let (de, en) = money(end);
            (format!("bis {de}"), format!("up to {en}"))
        }
        None => {
            let (de, en) = money(above);
            (format!("über {de}"), format!("above {en}"))
        }
    };
    Text::new(
        format!("Gebühr bei einem Wert {place_de}: {de}."),
        format!("Fee for a value {place_en}: {en}."),
    )
}

pub fn time(rate: &RateRow, minutes: i64, units: i64, unit: i64, cents: i64) -> Text {
    let ((hour_de, hour_en), (de, en)) = (money(rate.cents_per_hour), money(cents));
    let begun = match unit {
        1 => Text::default(),
        15 => Text::new(
            format!(" = {units} angefangene Viertelstunden"),
            format!(" = {units} quarters of an hour begun"),
        ),
        _ => Text::new(
            format!(" = {units} angefangene Einheiten zu {unit} Minuten"),
            format!(" = {units} units of {unit} minutes begun"),
        ),
    };
    Text::new(
        format!("{}: {minutes} Minuten{} bei {hour_de} je Stunde = {de}.", rate.title.de, begun.de),
        format!("{}: {minutes} minutes{} at {hour_en} an hour = {en}.", rate.title.en, begun.en),
    )
}

pub fn sum(cents: i64) -> Text {
    let (de, en) = money(cents);
    Text::new(format!("Summe: {de}."), format!("Sum: {en}."))
}

pub fn share(of: i64, percent: i64, (min, max): (i64, i64), cents: i64, reasons: Option<&str>) -> Text {
    let ((of_de, of_en), (de, en)) = (money(of), money(cents));
    let (frame_de, frame_en) = match min == max {
        true => Default::default(),
        false => (format!(" (Rahmen {min} bis {max} %)"), format!(" (frame {min} to {max}%)")),
    };
    let (why_de, why_en) = match reasons.map(without_stop) {
        Some(reasons) => (format!(" Begründung: {reasons}."), format!(" Reasons: {reasons}.")),
        None => Default::default(),
    };
    Text::new(
        format!("{percent} % der Gebühr von {of_de}{frame_de} = {de}.{why_de}"),
        format!("{percent}% of the fee of {of_en}{frame_en} = {en}.{why_en}"),
    )
}

pub fn least(cents: i64) -> Text {
    let (de, en) = money(cents);
    Text::new(format!("Mindestens {de}."), format!("At least {en}."))
}

pub fn most(cents: i64) -> Text {
    let (de, en) = money(cents);
    Text::new(format!("Höchstens {de}."), format!("At most {en}."))
}

pub fn reduced(
    full: i64,
    percent: i64,
    (min, max): (i64, i64),
    cents: i64,
    rule: &Row<RuleRow>,
    reasons: Option<&str>,
) -> Text {
    let norm = by(rule.norm.as_deref());
    let (title_de, title_en) = match &rule.what.title {
        Some(title) => (format!(": {}", title.de), format!(": {}", title.en)),
        None => Default::default(),
    };
    let (why_de, why_en) = match reasons.map(without_stop) {
        Some(reasons) if percent < 100 => {
            (format!(" Begründung: {reasons}."), format!(" Reasons: {reasons}."))
        }
        _ => Default::default(),
    };
    if percent == 0 {
        return Text::new(
            format!("Gebührenfrei{norm}{title_de}.{why_de}"),
            format!("Free of charge{norm}{title_en}.{why_en}"),
        );
    }
    if percent == 100 {
        return Text::new(
            format!("Volle Gebühr; von einer Ermäßigung{norm} wird abgesehen."),
            format!("Full fee; it is not reduced{norm}."),
        );
    }
    let ((of_de, of_en), (de, en)) = (money(full), money(cents));
    let (frame_de, frame_en) = match min == max {
        true => Default::default(),
        false => (format!(", möglich {min} bis {max} %"), format!(", {min} to {max}% possible")),
    };
    Text::new(
        format!("Ermäßigt auf {percent} % von {of_de}{norm}{frame_de}{title_de}: {de}.{why_de}"),
        format!("Reduced to {percent}% of {of_en}{norm}{frame_en}{title_en}: {en}.{why_en}"),
    )
}

pub fn rounded(cents: i64, rounding: Rounding, norm: Option<&str>) -> Text {
    let ((de, en), way, norm) = (money(cents), self::rounding(rounding), by(norm));
    Text::new(
        format!("A{}{norm}: {de}.", way.de.get(1..).unwrap_or_default()),
        format!("{}{norm}: {en}.", way.en),
    )
}

/// `auf volle 1,00 € aufgerundet`.
pub fn rounding(rounding: Rounding) -> Text {
    let (to_de, to_en) = money(rounding.to);
    let (way_de, way_en) = match rounding.direction {
        Direction::Down => ("abgerundet", "rounded down"),
        Direction::Up => ("aufgerundet", "rounded up"),
        Direction::HalfUp => ("gerundet", "rounded"),
    };
    Text::new(format!("auf volle {to_de} {way_de}"), format!("{way_en} to full {to_en}"))
}

pub fn small(up_to: i64, norm: Option<&str>) -> Text {
    let ((de, en), norm) = (money(up_to), by(norm));
    Text::new(
        format!("Gebühren und Auslagen von zusammen bis zu {de} werden nicht erhoben{norm}."),
        format!("Fees and expenses of up to {en} together are not charged{norm}."),
    )
}

/// Why there is no fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeeLack {
    /// Nothing has this name.
    Unknown(Arc<str>),
    /// There is such a position; what it says was never found.
    WithoutAmount {
        /// Its name.
        tariff: Arc<str>,
        /// What it is for.
        title: Text,
    },
    /// It does not hold on the key day.
    NotOn {
        /// Its name.
        tariff: Arc<str>,
        /// The day.
        on: Date,
        /// From when until when it holds, version by version.
        holds: Vec<(Option<Date>, Option<Date>)>,
    },
    /// It is law of another Land.
    OtherLand {
        /// Its name.
        tariff: Arc<str>,
        /// The Land of the authority.
        land: Land,
    },
    /// The law takes another day than today, and nobody said it.
    KeyDay {
        /// The name of the position.
        tariff: Arc<str>,
        /// The law.
        law: Arc<str>,
    },
    /// A number lies outside what is allowed.
    Outside {
        /// What it is.
        what: Text,
        /// The number.
        said: i64,
        /// The least.
        min: i64,
        /// The most.
        max: i64,
        /// Whether it is an amount.
        money: bool,
    },
    /// So many quantities do not fit the units.
    Quantities {
        /// The units.
        units: Vec<Text>,
        /// How many were said.
        said: usize,
    },
    /// A choice within a frame, or less than the full fee, without reasons.
    Reasons,
    /// The position knows no such rate on the key day.
    UnknownRate {
        /// What was said.
        rate: Arc<str>,
        /// What it knows.
        known: Vec<Arc<str>>,
    },
    /// The law knows no such exemption or reduction on the key day.
    UnknownReduction(Arc<str>),
    /// The exemption or reduction is one for other occasions than this.
    OtherOccasion {
        /// The rule.
        reduction: Arc<str>,
        /// The occasions on which it holds.
        on: Vec<Arc<str>>,
        /// What came of it; none: what was applied for.
        occasion: Option<Arc<str>>,
    },
    /// Less than the full fee, and no rule that allows it.
    NoReduction,
    /// The law does not say whether there is a fee on this occasion.
    Occasion {
        /// What came of it.
        occasion: Arc<str>,
        /// The law.
        law: Arc<str>,
    },
    /// More than ten billion euros.
    TooLarge,
}

impl FeeLack {
    /// Whether it is the process or the data that want mending, not what somebody entered.
    pub fn is_of_law(&self) -> bool {
        matches!(
            self,
            FeeLack::Unknown(_)
                | FeeLack::WithoutAmount { .. }
                | FeeLack::NotOn { .. }
                | FeeLack::OtherLand { .. }
                | FeeLack::KeyDay { .. }
        )
    }

    /// What is wrong.
    pub fn text(&self) -> Text {
        match self {
            FeeLack::Unknown(name) => Text::new(
                format!("Die Rechtsdaten kennen keine Gebühr „{name}“"),
                format!("the legal data know no fee `{name}`"),
            ),
            FeeLack::WithoutAmount { tariff, title } => Text::new(
                format!("Zu „{tariff}“ ({}) ist in den Rechtsdaten kein Betrag hinterlegt", title.de),
                format!("the legal data have no amount for `{tariff}` ({})", title.en),
            ),
            FeeLack::NotOn { tariff, on, holds } => {
                let day = day_text(*on);
                let (de, en) = times(holds);
                Text::new(
                    format!("„{tariff}“ gilt am {} nicht{de}", day.de),
                    format!("`{tariff}` does not hold on {}{en}", day.en),
                )
            }
            FeeLack::OtherLand { tariff, land } => Text::new(
                format!("„{tariff}“ ist Recht eines anderen Landes als {}", land.name()),
                format!("`{tariff}` is law of another Land than {}", land.name_en()),
            ),
            FeeLack::KeyDay { tariff, law } => Text::new(
                format!("Welcher Tag für „{tariff}“ maßgebend ist ({law}), steht nicht da"),
                format!("it does not say which day counts for `{tariff}` ({law})"),
            ),
            FeeLack::Outside { what, said, min, max, money: is_money } => {
                let words = |number: i64| match is_money {
                    true => money(number),
                    false => (number.to_string(), number.to_string()),
                };
                let ((said_de, said_en), (min_de, min_en), (max_de, max_en)) =
                    (words(*said), words(*min), words(*max));
                Text::new(
                    format!("{} liegt mit {said_de} nicht zwischen {min_de} und {max_de}", what.de),
                    format!("{} is {said_en} and does not lie between {min_en} and {max_en}", what.en),
                )
            }
            FeeLack::Quantities { units, said } => {
                let all = |word: fn(&Text) -> &Arc<str>| {
                    units.iter().map(|unit| word(unit).to_string()).collect::<Vec<_>>().join(", ")
                };
                Text::new(
                    format!("Gezählt wird nach {}; angegeben sind {said} Mengen", all(|unit| &unit.de)),
                    format!("it is counted by {}; {said} quantities are given", all(|unit| &unit.en)),
                )
            }
            FeeLack::Reasons => Text::new(
                "Ein Betrag innerhalb eines Rahmens und eine Ermäßigung brauchen eine Begründung (§ 39 Abs. 1 VwVfG)",
                "an amount within a frame and a reduction need reasons (§ 39 (1) VwVfG)",
            ),
            FeeLack::UnknownRate { rate, known } => Text::new(
                format!("Einen Stundensatz „{rate}“ gibt es hier nicht, nur {}", known.join(", ")),
                format!("there is no rate `{rate}` here, only {}", known.join(", ")),
            ),
            FeeLack::UnknownReduction(rule) => Text::new(
                format!("Eine Ermäßigung oder Befreiung „{rule}“ kennt das Gebührenrecht hier nicht"),
                format!("the law of this fee knows no reduction or exemption `{rule}`"),
            ),
            FeeLack::OtherOccasion { reduction, on, occasion } => {
                let on = on.join(", ");
                let (de, en) = match occasion {
                    Some(occasion) => (format!("„{occasion}“"), format!("`{occasion}`")),
                    None => (
                        "„wie beantragt“ (keiner genannt)".to_owned(),
                        "as applied for (none is named)".to_owned(),
                    ),
                };
                Text::new(
                    format!("„{reduction}“ gilt nur bei {on}; der Anlass ist aber {de}"),
                    format!("`{reduction}` holds on {on} only, but the occasion is {en}"),
                )
            }
            FeeLack::NoReduction => Text::new(
                "Für eine Ermäßigung ist keine Vorschrift genannt",
                "no rule is named that allows a reduction",
            ),
            FeeLack::Occasion { occasion, law } => Text::new(
                format!("{law}: Ob bei „{occasion}“ eine Gebühr entsteht, sagen die Rechtsdaten nicht"),
                format!("{law}: the legal data do not say whether there is a fee on `{occasion}`"),
            ),
            FeeLack::TooLarge => Text::new(
                "Der Betrag ist größer als zehn Milliarden Euro",
                "the amount is larger than ten billion euros",
            ),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Text {
        match self {
            FeeLack::NotOn { .. } => Text::new(
                "Den Stichtag prüfen, aus dem sich die Fassung ergibt („on“, beim Baustein „fee“ „key_day“); stimmt er, die Fassung für diesen Tag in „law/fees.yaml“ neben dem Verfahren eintragen.",
                "Check the key day that says which version counts (`on`, in the block `fee` `key_day`); if it is right, put the version for that day into `law/fees.yaml` beside the process.",
            ),
            FeeLack::Unknown(_) | FeeLack::WithoutAmount { .. } => Text::new(
                "Den Namen berichtigen, oder die Tarifstelle mit Betrag, Norm und Geltung in „law/fees.yaml“ neben dem Verfahren eintragen.",
                "Correct the name, or put the position with amount, norm and validity into `law/fees.yaml` beside the process.",
            ),
            FeeLack::OtherLand { .. } => Text::new(
                "Die Tarifstelle des eigenen Landes nennen, oder sie in „law/fees.yaml“ neben dem Verfahren eintragen.",
                "Name the position of the own Land, or put it into `law/fees.yaml` beside the process.",
            ),
            FeeLack::KeyDay { .. } => Text::new(
                "Mit „on“ den Tag nennen: den Beginn der Nutzung, den ersten Tag des Steuerjahres.",
                "Name the day with `on`: the begin of the use, the first day of the tax year.",
            ),
            _ => Text::new(
                "Die Angaben im Vorgang berichtigen. Liegt es an einer Regel, braucht es eine berichtigte Version des Verfahrens.",
                "Correct the data of the case. If it is a rule, a mended version of the process is needed.",
            ),
        }
    }
}
