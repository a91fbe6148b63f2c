//! Formats of turns: how what was written long ago is read for ever, and what is written as long as an older program reads
//! along.
//!
//! A stored turn is a JSON object that begins with its format; one that says nothing is of the first. Between two formats
//! that follow one another lies a [`Step`]. Reading goes up the steps, and never changes what is stored; writing goes down
//! them to the format that all who read understand. A released step is never changed, and none is ever taken away.
//!
//! What makes a new format: a new kind of event, and everything in an event that an older program would not read or would
//! read as something else.

use serde::{Serialize, de::DeserializeOwned};

use crate::words::Value;

/// The steps of this program, each in a file of its own.
mod catalogue;

/// What a turn is of that does not say it.
pub const FIRST: u32 = 1;
/// How a turn begins.
const BEGIN: &str = "{\"format\":";

/// What lies between a format and the one before it, for turns of cases and of authorities.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// A turn of the format before, in this one; or what is wrong with it.
    pub up: fn(Value) -> Result<Value, String>,
    /// A turn of this format, in the one before; none when that has no words for it.
    pub down: fn(Value) -> Option<Value>,
}

/// The formats that a program knows.
#[derive(Clone, Copy, Debug)]
pub struct Formats {
    /// From the first format to the second, from that to the third, and so on.
    pub steps: &'static [Step],
    /// The newest one that it writes. A format is read by one release before another one writes it, so that there is a way
    /// back.
    pub writes: u32,
}

/// Why a turn cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A newer program wrote it.
    Newer {
        /// Its format.
        found: u32,
        /// The newest one known.
        known: u32,
    },
    /// It is no turn.
    Broken(String),
}

/// Why a turn cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// The format has no words for it.
    NoWords {
        /// The format.
        format: u32,
    },
    /// It is no JSON.
    Broken(String),
}

impl Formats {
    /// Those of this program.
    /// The second came before the first release: there is no program to go back to, so it is read and written at once.
    pub const OURS: Formats = Formats { steps: &[catalogue::STEP], writes: 2 };

    /// The newest one that it reads; it reads all before.
    pub fn reads(&self) -> u32 {
        self.steps.iter().fold(FIRST, |format, _| format + 1)
    }

    /// Reads a turn of whichever format up to the newest.
    pub fn read<T: DeserializeOwned>(&self, json: &[u8]) -> Result<T, Unreadable> {
        let broken = |error: serde_json::Error| Unreadable::Broken(error.to_string());
        let (found, known) = (said(json)?, self.reads());
        if found == known {
            return serde_json::from_slice(json).map_err(broken);
        }
        let passed = found.checked_sub(FIRST).and_then(|passed| usize::try_from(passed).ok());
        let steps = passed.and_then(|passed| self.steps.get(passed..));
        let steps = steps.ok_or(Unreadable::Newer { found, known })?;
        let mut turn: Value = serde_json::from_slice(json).map_err(broken)?;
        for step in steps {
            turn = (step.up)(turn).map_err(Unreadable::Broken)?;
        }
        serde_json::from_value(turn).map_err(broken)
    }

    /// Writes a turn in a format, which is not newer than what it reads.
    pub fn write(&self, turn: &impl Serialize, format: u32) -> Result<Vec<u8>, Unwritable> {
        let broken = |error: serde_json::Error| Unwritable::Broken(error.to_string());
        let steps = format.checked_sub(FIRST).and_then(|passed| usize::try_from(passed).ok());
        let steps = steps.and_then(|passed| self.steps.get(passed..)).unwrap_or_default();
        let json = if steps.is_empty() {
            serde_json::to_vec(turn)
        } else {
            let mut turn = serde_json::to_value(turn).map_err(broken)?;
            for step in steps.iter().rev() {
                turn = (step.down)(turn).ok_or(Unwritable::NoWords { format })?;
            }
            serde_json::to_vec(&turn)
        };
        let json = json.map_err(broken)?;
        match json.strip_prefix(b"{") {
            Some(fields) if fields.len() > 1 => {
                let format = (self.reads() - u32::try_from(steps.len()).unwrap_or_default()).to_string();
                Ok([BEGIN.as_bytes(), format.as_bytes(), b",", fields].concat())
            }
            Some(_) | None => Err(Unwritable::Broken("it has no fields".into())),
        }
    }
}

/// The format that a stored turn says. Only its beginning is looked at: whoever writes one puts the format there.
fn said(json: &[u8]) -> Result<u32, Unreadable> {
    let Some(behind) = json.strip_prefix(BEGIN.as_bytes()) else { return Ok(FIRST) };
    let digits = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let format = std::str::from_utf8(&behind[..digits]).ok().and_then(|digits| digits.parse().ok());
    let format = format.filter(|format| *format >= FIRST && behind.get(digits) == Some(&b','));
    format.ok_or_else(|| Unreadable::Broken("its format is no number".into()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Two formats that were never ours: in the second `said` became `text`, in the third there are tongues.
    const INVENTED: Formats = Formats { steps: &[RENAMED, TONGUES], writes: 3 };
    const RENAMED: Step = Step {
        up: |turn| renamed(turn, "said", "text").ok_or_else(|| "nothing is said".into()),
        down: |turn| renamed(turn, "text", "said"),
    };
    const TONGUES: Step = Step {
        up: |mut turn| {
            turn["tongue"] = "de".into();
            Ok(turn)
        },
        down: |mut turn| {
            let tongue = turn.as_object_mut()?.shift_remove("tongue")?;
            (tongue == "de").then_some(turn)
        },
    };

    fn renamed(mut turn: Value, from: &str, to: &str) -> Option<Value> {
        let said = turn.as_object_mut()?.shift_remove(from)?;
        turn[to] = said;
        Some(turn)
    }

    #[track_caller]
    fn check(formats: Formats, stored: &str, expected: Result<Value, Unreadable>) {
        let read = formats.read::<Value>(stored.as_bytes()).map(|mut turn| {
            turn.as_object_mut().map(|turn| turn.shift_remove("format"));
            turn
        });
        assert_eq!(read, expected, "{stored}");
    }

    #[test]
    fn every_format_is_read_as_the_newest() {
        let now = json!({ "version": 7, "text": "Hallo", "tongue": "de" });
        check(INVENTED, r#"{"version":7,"said":"Hallo"}"#, Ok(now.clone()));
        check(INVENTED, r#"{"format":1,"version":7,"said":"Hallo"}"#, Ok(now.clone()));
        check(INVENTED, r#"{"format":2,"version":7,"text":"Hallo"}"#, Ok(now));
        let english = json!({ "text": "Hello", "tongue": "en" });
        check(INVENTED, r#"{"format":3,"text":"Hello","tongue":"en"}"#, Ok(english));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let newer = |found, known| Err(Unreadable::Newer { found, known });
        let broken = |why: &str| Err(Unreadable::Broken(why.into()));
        check(INVENTED, r#"{"format":4,"text":"Hallo"}"#, newer(4, 3));
        check(INVENTED, r#"{"format":4294967295,"text":"Hallo"}"#, newer(u32::MAX, 3));
        check(Formats::OURS, r#"{"format":3,"text":"Hallo"}"#, newer(3, 2));
        check(INVENTED, r#"{"format":1,"text":"Hallo"}"#, broken("nothing is said"));
        for no_number in ["0,", "-1,", "1.5,", "\"1\",", "99999999999,", ",", "1}", "1", ""] {
            check(INVENTED, &format!("{{\"format\":{no_number}"), broken("its format is no number"));
        }
    }

    #[track_caller]
    fn check_written(formats: Formats, turn: Value, format: u32, expected: Result<&str, Unwritable>) {
        let written = formats.write(&turn, format).map(|json| String::from_utf8(json).unwrap());
        assert_eq!(written.as_deref(), expected.as_deref(), "{turn} in {format}");
        if let Ok(json) = written {
            check(formats, &json, Ok(turn));
        }
    }

    #[test]
    fn a_turn_is_written_in_older_words_when_they_say_it() {
        let turn = |tongue| json!({ "text": "Hallo", "tongue": tongue });
        let newest = r#"{"format":3,"text":"Hallo","tongue":"de"}"#;
        check_written(INVENTED, turn("de"), 3, Ok(newest));
        check_written(INVENTED, turn("de"), 2, Ok(r#"{"format":2,"text":"Hallo"}"#));
        check_written(INVENTED, turn("de"), 1, Ok(r#"{"format":1,"said":"Hallo"}"#));
        check_written(INVENTED, turn("en"), 3, Ok(r#"{"format":3,"text":"Hallo","tongue":"en"}"#));
        check_written(INVENTED, turn("en"), 2, Err(Unwritable::NoWords { format: 2 }));
        check_written(INVENTED, turn("en"), 1, Err(Unwritable::NoWords { format: 1 }));
        // What nobody reads is not written: a newer format than the newest is that.
        check_written(INVENTED, turn("de"), 9, Ok(newest));
        check_written(Formats::OURS, json!({ "a": 1 }), 1, Ok(r#"{"format":1,"a":1}"#));
        check_written(Formats::OURS, json!({}), 1, Err(Unwritable::Broken("it has no fields".into())));
    }
}
