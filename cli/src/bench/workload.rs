//! What happens in the cases of a workload: its process, what is applied for, and which tasks are done.

use fachwerk_core::{
    language::Folder,
    words::{InstanceId, Object, Value},
};
use serde_json::json;

/// A workload of cases that begin and go on by commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    OneTask,
    OneTask45k,
    TenSteps,
    TenEffects,
    Permit,
    Latency,
}

/// Bytes of each text of an application.
const TEXT_BYTES: usize = 500;
/// Texts of the large application.
const MANY_TEXTS: usize = 90;

impl Stored {
    pub fn name(self) -> &'static str {
        match self {
            Stored::OneTask => "one-task",
            Stored::OneTask45k => "one-task-45k",
            Stored::TenSteps => "ten-steps",
            Stored::TenEffects => "ten-effects",
            Stored::Permit => "permit",
            Stored::Latency => "latency",
        }
    }

    /// The process of its cases.
    pub fn process(self) -> &'static str {
        match self {
            Stored::OneTask | Stored::OneTask45k => "one-task",
            Stored::TenSteps => "ten-steps",
            Stored::TenEffects => "ten-effects",
            Stored::Permit => "permit",
            Stored::Latency => "latency",
        }
    }

    /// The tasks that are done in a case, one after another: the field of each that says yes.
    pub fn tasks(self) -> &'static [(InstanceId, &'static str)] {
        match self {
            Stored::OneTask | Stored::OneTask45k => &[(InstanceId(1), "ok")],
            Stored::TenSteps | Stored::TenEffects => &[],
            Stored::Permit => &[(InstanceId(2), "complete"), (InstanceId(6), "granted")],
            Stored::Latency => &[(InstanceId(1), "ok"), (InstanceId(2), "ok")],
        }
    }

    /// How many turns a case has at its end: what is asked, and what effects bring back.
    pub fn turns(self) -> u32 {
        match self {
            Stored::TenEffects => 11,
            Stored::TenSteps => 1,
            Stored::OneTask | Stored::OneTask45k => 2,
            Stored::Permit | Stored::Latency => 3,
        }
    }

    /// Whether effects bring a case to its end, after what was asked is answered.
    pub fn goes_on(self) -> bool {
        self == Stored::TenEffects
    }

    /// Whether the time of a whole case is told, instead of that of each command.
    pub fn is_timed_whole(self) -> bool {
        matches!(self, Stored::TenEffects | Stored::Latency)
    }

    /// What a case begins with; others with another number.
    pub fn data(self, number: u64) -> Object {
        match self {
            Stored::Permit => permit(number),
            Stored::OneTask45k => texts(MANY_TEXTS, number),
            Stored::OneTask | Stored::TenSteps | Stored::TenEffects | Stored::Latency => texts(1, number),
        }
    }
}

/// Texts that cannot be compressed: databases do so with large values, and what people write is not one letter again
/// and again.
fn texts(how_many: usize, number: u64) -> Object {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut sign = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        SIGNS[(state >> 58) as usize] as char
    };
    let texts: Vec<Value> =
        (0..how_many).map(|_| (0..TEXT_BYTES).map(|_| sign()).collect::<String>().into()).collect();
    [("texts".to_owned(), Value::Array(texts))].into_iter().collect()
}

const SIGNS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ.0123456789";

const GIVEN: [&str; 16] = [
    "Anna", "Bernd", "Carla", "Dirk", "Elif", "Frank", "Greta", "Hakan", "Ines", "Jonas", "Karin", "Lukas",
    "Mehmet", "Nora", "Olaf", "Petra",
];
const FAMILY: [&str; 20] = [
    "Albrecht", "Bauer", "Çelik", "Dietrich", "Engel", "Fischer", "Graf", "Hoffmann", "Ivanov", "Jäger",
    "Krüger", "Lehmann", "Müller", "Nowak", "Otto", "Peters", "Richter", "Schulze", "Thiel", "Vogel",
];
const STREETS: [&str; 10] = [
    "Ahornweg",
    "Bahnhofstraße",
    "Domplatz",
    "Elbufer",
    "Gartenstraße",
    "Hauptstraße",
    "Lindenallee",
    "Marktplatz",
    "Schulstraße",
    "Wallgraben",
];
/// So many districts: one case in so many is of the same.
pub const DISTRICTS: u64 = 10_000;

/// Ten fields. Every second case is a notice; one in [`DISTRICTS`] is of the same district.
pub fn permit(number: u64) -> Object {
    let pick = |from: &[&str], number: u64| {
        let at = usize::try_from(number % from.len() as u64).unwrap_or_default();
        from.get(at).copied().unwrap_or_default().to_owned()
    };
    let (given, family) = (pick(&GIVEN, number), pick(&FAMILY, number / 16));
    let data = json!({
        "name": format!("{given} {family}"),
        "mail": format!("{}.{number}@example.org", given.to_lowercase()),
        "street": format!("{} {}", pick(&STREETS, number / 7), number % 211 + 1),
        "district": district(number),
        // Not by the day on which the case begins: that goes by the number too.
        "kind": if (number / 3).is_multiple_of(2) { "notice" } else { "permit" },
        "from": format!("2027-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
        "days": number % 40 + 1,
        "area": number % 500 + 1,
        "lights": number.is_multiple_of(3),
        "reason": format!("Aufstellen von Tischen, Stühlen und einem Zelt vor dem Geschäft. Vorgang {number}."),
    });
    match data {
        Value::Object(data) => data,
        _ => Object::new(),
    }
}

/// The district of a case.
pub fn district(number: u64) -> String {
    format!("D{:04}", number % DISTRICTS)
}

/// The files of a process.
pub fn folder(process: &str) -> Folder {
    let text = include_str!("processes/text.schema.json");
    let files: &[(&str, &str)] = match process {
        "ten-steps" => {
            &[("process.yaml", include_str!("processes/ten-steps.yaml")), ("data.schema.json", text)]
        }
        "ten-effects" => {
            &[("process.yaml", include_str!("processes/ten-effects.yaml")), ("data.schema.json", text)]
        }
        "latency" => &[("process.yaml", include_str!("processes/latency.yaml")), ("data.schema.json", text)],
        "timers" => &[("process.yaml", include_str!("processes/timers.yaml")), ("data.schema.json", text)],
        "mass-run" => &[
            ("process.yaml", include_str!("../../../examples/administration/mass-run/process.yaml")),
            (
                "application.schema.json",
                include_str!("../../../examples/administration/mass-run/application.schema.json"),
            ),
            ("notice.md", include_str!("../../../examples/administration/mass-run/notice.md")),
        ],
        "permit" => &[
            ("process.yaml", include_str!("processes/permit.yaml")),
            ("data.schema.json", include_str!("processes/permit.schema.json")),
            ("fee.yaml", include_str!("processes/permit-fee.yaml")),
        ],
        _ => &[("process.yaml", include_str!("processes/one-task.yaml")), ("data.schema.json", text)],
    };
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
    Folder { name: process.into(), files: files.collect() }
}
