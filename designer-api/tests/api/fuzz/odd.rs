//! What nobody should send.

use serde_json::{Value, json};

use super::dice::Dice;

/// Texts that have broken something somewhere.
const TEXTS: [&str; 22] = [
    "",
    " ",
    "\0",
    "a\0b",
    "\r\nX-Evil: 1",
    "../../etc/passwd",
    "..\\..\\windows",
    "/etc/passwd",
    "..",
    ".",
    "%2e%2e%2f",
    "' OR 1=1 --",
    "\"; DROP TABLE turns; --",
    "% _ * ?",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "\u{202e}txet",
    "\u{feff}x",
    "𝄞🏠👩‍👩‍👧",
    "\u{fdfa}",
    "null",
    "-9223372036854775809",
];

/// What stands in an address as it is, encoded already or wrongly.
pub const ENCODED: [&str; 7] = ["%FF", "%00", "%", "%zz", "..%2f..%2fetc%2fpasswd", "%C0%AE%C0%AE", "a;b=c"];

pub fn text(dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => "x".repeat(5_000),
        1 => "ä\u{301}".repeat(700),
        _ => (*dice.pick(&TEXTS)).to_owned(),
    }
}

pub fn value(dice: &mut Dice) -> Value {
    match dice.below(14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(i64::MIN),
        5 => json!(1.5),
        6 => json!(1e308),
        7 => json!([]),
        8 => json!({}),
        9 => json!([[[["a"]]]]),
        10 => json!({ "__proto__": { "a": 1 }, "": null }),
        11 => serde_json::from_str(&format!("{}1{}", "[".repeat(60), "]".repeat(60))).unwrap(),
        _ => text(dice).into(),
    }
}

/// Changes one place of a body: something odd instead, nothing, or something more.
pub fn change(whole: &mut Value, dice: &mut Dice) {
    let deeper = dice.chance(60);
    match whole {
        Value::Object(fields) if !fields.is_empty() => {
            let name = fields.keys().nth(dice.below(fields.len())).unwrap().clone();
            match dice.below(3) {
                _ if deeper => change(fields.get_mut(&name).unwrap(), dice),
                0 => drop(fields.shift_remove(&name)),
                1 => drop(fields.insert(text(dice), value(dice))),
                _ => drop(fields.insert(name, value(dice))),
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let place = dice.below(items.len());
            change(&mut items[place], dice);
        }
        other => *other = value(dice),
    }
}

/// Bytes that are not quite the JSON they were.
pub fn broken(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    match dice.below(8) {
        0 => bytes.truncate(dice.below(bytes.len() + 1)),
        1 => bytes.clear(),
        2 => bytes.extend(b" {}"),
        3 => bytes.splice(0..0, [0xef, 0xbb, 0xbf]).for_each(drop),
        4 => bytes = b"{\"values\":{\"fee_cents\":1e999},\"text\":1e999,\"name\":-0}".to_vec(),
        5 => bytes = b"{\"text\":\"\\ud800\",\"name\":\"\xff\xfe\"}".to_vec(),
        6 => bytes = b"{\"text\":\"a\",\"text\":\"b\",\"values\":{},\"values\":{}}".to_vec(),
        _ if !bytes.is_empty() => {
            let place = dice.below(bytes.len());
            bytes[place] = dice.any() as u8;
        }
        _ => {}
    }
    bytes
}
