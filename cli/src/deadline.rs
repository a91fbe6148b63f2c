//! `fachwerk deadline`

use std::io::Read;

use fachwerk_deadlines::{
    HolidayLaw, Language, NotificationLaw, NotificationRules, Way,
    json::{Answer, answers},
};
use serde_json::{Map, Value};

use crate::{
    End, Failure,
    output::{Format, Tongue, say},
};

/// The largest input, in bytes.
const MOST_BYTES: u64 = 50_000_000;

/// What `deadline` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  An act posted on 2 March 2026, objection within a month of its notification:
    fachwerk deadline --land ST --start 2026-03-02 --notification VwVfG --period \"1 month\"
  The same to somebody abroad, who has proven to have got it on 20 March:
    fachwerk deadline --land ST --start 2026-03-02 --notification VwVfG --way post-abroad --received 2026-03-20 --period \"1 month\"
  Two weeks from an event, extended by a week:
    fachwerk deadline --land BY --municipality catholic --start 2026-08-01 --period \"2 weeks\" \\
      --extended-by \"1 week\" --extended-on 2026-08-10 --reason \"Urlaub\"")]
pub struct Arguments {
    /// Read a JSON array of inputs from standard input, print a JSON array of answers.
    #[arg(long, conflicts_with_all = [
        "start", "period", "notification", "land", "way", "received", "named_day", "fiction_days", "municipality", "law",
        "first_day_counts", "no_shift", "extended_by", "extended_until", "extended_on", "reason", "format",
    ])]
    json: bool,
    /// The day of the event; with --notification the day on which the letter left the house. With a time
    /// (`2026-03-02T09:30`) for a period in hours.
    #[arg(long, value_name = "DAY", required_unless_present = "json")]
    start: Option<String>,
    /// How long: `4 weeks`, `1 month`, `3 working days`, `48 hours`. With --notification it runs from the day of notification;
    /// without, only that day is told.
    #[arg(long, required_unless_present_any = ["json", "notification"])]
    period: Option<String>,
    /// Whose holidays count: the Land (`ST`, `Sachsen-Anhalt`) or a place with a holiday of its own (`Augsburg`).
    #[arg(long, required_unless_present = "json")]
    land: Option<String>,
    /// What the municipality is, where a holiday depends on it, for example `catholic`; several times where it is more.
    #[arg(long, value_name = "WHAT")]
    municipality: Vec<String>,
    /// The act has to be notified, by this law.
    #[arg(long, value_name = "LAW", ignore_case = true, value_parser = codes(NotificationLaw::ALL.map(NotificationLaw::code)))]
    notification: Option<String>,
    /// How it reaches its addressee; when nothing is said, `post`.
    #[arg(long, requires = "notification", ignore_case = true, value_parser = codes(Way::ALL.map(Way::code)))]
    way: Option<String>,
    /// The day on which it is proven to have arrived: served, retrieved, received later than the law supposes.
    #[arg(long, value_name = "DAY", requires = "notification")]
    received: Option<String>,
    /// The day that a general order (Allgemeinverfügung) names itself, with --way public.
    #[arg(long, value_name = "DAY", requires = "notification")]
    named_day: Option<String>,
    /// Days after which it counts as notified, where a special law says another number than the law named.
    #[arg(long, value_name = "DAYS", requires = "notification")]
    fiction_days: Option<u32>,
    /// The law of a period that needs no notification; when nothing is said, `BGB`.
    #[arg(long, ignore_case = true, value_parser = codes(fachwerk_deadlines::Law::ALL.map(fachwerk_deadlines::Law::code)), conflicts_with = "notification")]
    law: Option<String>,
    /// The first day counts (§ 187 Abs. 2 BGB): the period begins with it, as a year of age does.
    #[arg(long)]
    first_day_counts: bool,
    /// An end on a Saturday, Sunday or holiday stays, for this reason.
    #[arg(long, value_name = "REASON")]
    no_shift: Option<String>,
    /// The period was extended by this much from its end on (§ 190 BGB).
    #[arg(long, value_name = "PERIOD", conflicts_with = "extended_until", requires_all = ["extended_on", "reason"])]
    extended_by: Option<String>,
    /// The period was extended until this day.
    #[arg(long, value_name = "DAY", requires_all = ["extended_on", "reason"])]
    extended_until: Option<String>,
    /// On which day the extension was decided.
    #[arg(long, value_name = "DAY", requires = "reason")]
    extended_on: Option<String>,
    /// Why the period was extended.
    #[arg(long, requires = "extended_on")]
    reason: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The language of the derivation.
    #[arg(long, value_enum, default_value = "de", env = "FACHWERK_LANG")]
    lang: Tongue,
}

/// One of these; whatever else is refused with the list of them.
fn codes<const N: usize>(codes: [&'static str; N]) -> impl clap::builder::TypedValueParser<Value = String> {
    clap::builder::PossibleValuesParser::new(codes)
}

/// What a flag says, by the field that it stands for.
const FLAGS: [(&str, &str); 15] = [
    ("start", "start"),
    ("period", "period"),
    ("land", "land"),
    ("extra_categories", "municipality"),
    ("regime", "notification"),
    ("way", "way"),
    ("actual_receipt", "received"),
    ("named_day", "named-day"),
    ("fiction_days", "fiction-days"),
    ("mode", "first-day-counts"),
    ("noshift_reason", "no-shift"),
    ("extended_by", "extended-by"),
    ("extended_until", "extended-until"),
    ("extended_on", "extended-on"),
    ("extension_reason", "reason"),
];

/// Names the flags where a message names the fields that they stand for.
fn with_flags(message: &str) -> String {
    FLAGS.iter().fold(message.to_owned(), |message, (field, flag)| {
        let flag = format!("--{flag}");
        message.replace(&format!("„{field}“"), &flag).replace(&format!("\"{field}\""), &flag)
    })
}

impl Arguments {
    /// The question, as `--json` takes it.
    fn question(&self) -> Value {
        let mut asked = Map::new();
        asked.insert("id".into(), 1.into());
        let texts = [
            ("start", &self.start),
            ("land", &self.land),
            ("period", &self.period),
            ("regime", &self.law),
            ("regime", &self.notification),
            ("way", &self.way),
            ("actual_receipt", &self.received),
            ("named_day", &self.named_day),
            ("noshift_reason", &self.no_shift),
            ("extended_by", &self.extended_by),
            ("extended_until", &self.extended_until),
            ("extended_on", &self.extended_on),
            ("extension_reason", &self.reason),
        ];
        for (field, said) in texts {
            asked.extend(said.as_ref().map(|said| (field.to_owned(), Value::from(said.as_str()))));
        }
        let also: [(&str, bool, Value); 5] = [
            ("kind", self.notification.is_some(), "notification".into()),
            ("mode", self.first_day_counts, "daybegin".into()),
            ("shift", self.no_shift.is_some(), false.into()),
            ("fiction_days", self.fiction_days.is_some(), self.fiction_days.into()),
            ("extra_categories", !self.municipality.is_empty(), self.municipality.clone().into()),
        ];
        asked.extend(
            also.into_iter().filter(|(_, said, _)| *said).map(|(field, _, it)| (field.to_owned(), it)),
        );
        Value::Object(asked)
    }
}

/// Computes deadlines.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let language: Language = arguments.lang.into();
    let asked = |input: &str| {
        let answered = answers(input, language, HolidayLaw::built_in(), NotificationRules::built_in());
        answered.map_err(|error| error.text(language))
    };
    if arguments.json {
        let mut input = String::new();
        let read = std::io::stdin().take(MOST_BYTES + 1).read_to_string(&mut input);
        read.map_err(|error| format!("standard input cannot be read as UTF-8: {error}"))?;
        if input.len() as u64 > MOST_BYTES {
            return Err(format!("the input has more than {MOST_BYTES} bytes (limit `deadline_input_bytes`)"));
        }
        let answered = asked(&input)?;
        say(serde_json::to_string_pretty(&answered).map_err(|error| error.to_string())?);
        let failed = answered.iter().any(|answer| matches!(answer, Answer::Failed { .. }));
        return Ok(if failed { End::Problems } else { End::Good });
    }
    let answered = asked(&Value::Array(vec![arguments.question()]).to_string())?;
    match answered.first() {
        Some(Answer::Failed { error, .. }) => Err(with_flags(error)),
        Some(answer) if arguments.format == Format::Json => {
            say(serde_json::to_string_pretty(answer).map_err(|error| error.to_string())?);
            Ok(End::Good)
        }
        Some(Answer::Computed { derivation, deadline, .. }) => {
            derivation.iter().for_each(say);
            say(deadline);
            Ok(End::Good)
        }
        None => Err("there is no answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_flags() {
        #[track_caller]
        fn check(message: &str, expected: &str) {
            assert_eq!(with_flags(message), expected);
        }
        check(
            "In the field \"regime\", \"X\" is not known.",
            "In the field --notification, \"X\" is not known.",
        );
        check("Das Feld „start“ fehlt.", "Das Feld --start fehlt.");
        check("„Woche“ ist keine Frist.", "„Woche“ ist keine Frist.");
    }
}
