//! What people read for the ways on which applications come in.

use std::sync::LazyLock;

use fachwerk_core::{
    schema::{Choice, Type},
    words::Text,
};

/// Those that are known, as they stand after "eingegangen …"; another one is shown as it is written.
const CHANNELS: [(&str, &str, &str); 11] = [
    ("manual", "von Hand erfasst", "entered by hand"),
    ("fit-connect", "über FIT-Connect", "by FIT-Connect"),
    ("api", "über die Programmschnittstelle", "by the programming interface"),
    ("command-line", "über die Kommandozeile", "by the command line"),
    ("mail", "per E-Mail", "by e-mail"),
    ("email", "per E-Mail", "by e-mail"),
    ("post", "per Post", "by post"),
    ("paper", "auf Papier", "on paper"),
    ("fax", "per Fax", "by fax"),
    ("split", "von einem anderen Vorgang abgetrennt", "split off another case"),
    ("counter", "persönlich vorgelegt", "handed in"),
];

/// What people read for a channel.
pub fn title(channel: &str) -> Text {
    let known = CHANNELS.iter().find(|(id, ..)| *id == channel);
    known.map_or_else(|| Text::new(channel, channel), |(_, de, en)| Text::new(*de, *en))
}

/// The same as the type of a value.
pub static TYPE: LazyLock<Type> = LazyLock::new(|| {
    let choice = |(id, de, en): &(&str, &str, &str)| Choice { id: (*id).into(), title: Text::new(*de, *en) };
    Type::Choice(CHANNELS.iter().map(choice).collect())
});
