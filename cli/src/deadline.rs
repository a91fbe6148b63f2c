//! `fachwerk deadline`

use std::io::Read;

use fachwerk_deadlines::{
    HolidayLaw, Language, NotificationRules,
    json::{Answer, answer, answers},
};

use crate::{
    End, Failure,
    output::{Tongue, say},
};

/// The largest input, in bytes.
const MOST_BYTES: u64 = 50_000_000;

/// What `deadline` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Read a JSON array of inputs from standard input, print a JSON array of answers.
    #[arg(long, conflicts_with_all = ["start", "period", "notification", "land"])]
    json: bool,
    /// The day of the event, of posting, or of the begin.
    #[arg(long, required_unless_present = "json")]
    start: Option<String>,
    /// How long, for example `4 weeks` or `1m`.
    #[arg(long)]
    period: Option<String>,
    /// The Land (`ST`) or a place with a holiday of its own (`Augsburg`).
    #[arg(long, default_value = "ST")]
    land: String,
    /// `start` is the day of posting: the law of notification (`VwVfG`, `AO`, `SGBX`).
    #[arg(long)]
    notification: Option<String>,
    /// The language of the derivation.
    #[arg(long, value_enum, default_value = "de", env = "FACHWERK_LANG")]
    lang: Tongue,
}

/// Names the flags where a message names the fields that they stand for.
fn with_flags(message: &str) -> String {
    let fields = [("start", "start"), ("period", "period"), ("land", "land"), ("regime", "notification")];
    fields.iter().fold(message.to_owned(), |message, (field, flag)| {
        let flag = format!("--{flag}");
        message.replace(&format!("„{field}“"), &flag).replace(&format!("\"{field}\""), &flag)
    })
}

/// Computes deadlines.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let language: Language = arguments.lang.into();
    if arguments.json {
        let mut input = String::new();
        let read = std::io::stdin().take(MOST_BYTES + 1).read_to_string(&mut input);
        read.map_err(|error| format!("standard input cannot be read as UTF-8: {error}"))?;
        if input.len() as u64 > MOST_BYTES {
            return Err(format!("the input has more than {MOST_BYTES} bytes (limit `deadline_input_bytes`)"));
        }
        let answered = answers(&input, language, HolidayLaw::built_in(), NotificationRules::built_in())
            .map_err(|error| error.text(language))?;
        say(serde_json::to_string_pretty(&answered).map_err(|error| error.to_string())?);
        let failed = answered.iter().any(|answer| matches!(answer, Answer::Failed { .. }));
        return Ok(if failed { End::Problems } else { End::Good });
    }
    let mut input = serde_json::json!({ "id": "1", "start": arguments.start, "land": arguments.land });
    if let Some(period) = &arguments.period {
        input["period"] = period.clone().into();
    }
    if let Some(law) = &arguments.notification {
        input["kind"] = "notification".into();
        input["regime"] = law.clone().into();
    }
    let answered = answer(&serde_json::Value::Array(vec![input]).to_string(), language);
    let answered = answered.map_err(|error| error.text(language))?;
    let parsed: serde_json::Value = serde_json::from_str(&answered).map_err(|error| error.to_string())?;
    let one = &parsed[0];
    if let Some(error) = one["error"].as_str() {
        return Err(with_flags(error));
    }
    for sentence in
        one["derivation"].as_array().into_iter().flatten().filter_map(|sentence| sentence.as_str())
    {
        say(sentence);
    }
    say(one["deadline"].as_str().unwrap_or_default());
    Ok(End::Good)
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
