//! The ways on which applications come in.

use crate::words::Text;

/// A way on which applications come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    /// As a case says it.
    pub id: &'static str,
    /// Whether what comes on it is data already, and nobody has to enter it.
    pub digital: bool,
    /// As it stands after "eingegangen …".
    de: &'static str,
    /// The same in English.
    en: &'static str,
}

const fn channel(id: &'static str, digital: bool, de: &'static str, en: &'static str) -> Channel {
    Channel { id, digital, de, en }
}

/// Those that are known; another one is shown as it is written, and is not digital.
pub const CHANNELS: [Channel; 12] = [
    channel("manual", false, "von Hand erfasst", "entered by hand"),
    channel("fit-connect", true, "über FIT-Connect", "by FIT-Connect"),
    channel("api", true, "über die Programmschnittstelle", "by the programming interface"),
    channel("command-line", false, "über die Kommandozeile", "by the command line"),
    channel("mail", true, "per E-Mail", "by e-mail"),
    channel("email", true, "per E-Mail", "by e-mail"),
    channel("post", false, "per Post", "by post"),
    channel("paper", false, "auf Papier", "on paper"),
    channel("fax", false, "per Fax", "by fax"),
    channel("split", false, "von einem anderen Vorgang abgetrennt", "split off another case"),
    channel("run", false, "durch einen Sammellauf", "by a mass run"),
    channel("counter", false, "persönlich vorgelegt", "handed in"),
];

impl Channel {
    /// A known one.
    pub fn of(id: &str) -> Option<Channel> {
        CHANNELS.into_iter().find(|known| known.id == id)
    }

    /// What people read.
    pub fn title(self) -> Text {
        Text::new(self.de, self.en)
    }
}
