//! An e-mail as an item: who sent it, what about, its text and what is attached.

use std::fmt::Write as _;

use fachwerk_core::{
    item::{Arrived, ArrivedFile, MAILED},
    words::{Text, Timestamp},
};
use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders};

use crate::{MAX_ATTACHMENTS, folder::Content};

/// So often a mail may say that a part, or another mail, begins.
const MAX_PARTS: usize = 300;
/// So many characters of a head line are kept.
const MAX_LINE: usize = 300;

/// What a mail brings.
pub fn arrived(name: &str, content: &Content) -> Result<Arrived, Text> {
    if is_a_maze(&content.bytes) {
        return Err(Text::new(
            "Die E-Mail ist so oft verschachtelt, dass sie nicht gelesen wird. Bitte im Postfach ansehen und, wenn nötig, von Hand erfassen.",
            "The e-mail is nested so often that it is not read. Please look at it in the mailbox, and register it by hand if need be.",
        ));
    }
    let message = MessageParser::default().parse(&content.bytes);
    // Whatever has neither is no mail: the parser finds something in all bytes.
    let message = message.filter(|it| it.from().is_some() || received(it).is_some());
    let message = message.ok_or_else(|| {
        Text::new(
            "Das ist keine lesbare E-Mail. Bitte im Postfach ansehen und, wenn nötig, von Hand erfassen.",
            "This is no readable e-mail. Please look at it in the mailbox, and register it by hand if need be.",
        )
    })?;
    if message.attachments().count() > MAX_ATTACHMENTS {
        return Err(Text::new(
            format!("Die E-Mail hat mehr als {MAX_ATTACHMENTS} Anhänge. Bitte von Hand erfassen."),
            format!("The e-mail has more than {MAX_ATTACHMENTS} attachments. Please register it by hand."),
        ));
    }
    let (sender, email) = first(message.from());
    let subject = line(message.subject().unwrap_or_default());
    let mut files = vec![ArrivedFile {
        name: "E-Mail.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        bytes: shown(&message).into_bytes(),
        made_here: true,
    }];
    let attached = message.attachments().enumerate();
    files.extend(attached.map(|(place, part)| {
        let kind = part.content_type();
        let kind = kind.map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
        let mail = matches!(part.body, mail_parser::PartType::Message(_));
        let unnamed = || format!("Anhang {}{}", place + 1, if mail { ".eml" } else { "" });
        let name = part.attachment_name().map(file_name).filter(|name| !name.is_empty());
        ArrivedFile {
            name: name.unwrap_or_else(unnamed),
            media_type: kind.unwrap_or_default(),
            bytes: part.contents().to_vec(),
            made_here: false,
        }
    }));
    Ok(Arrived {
        channel: MAILED,
        at: received(&message).unwrap_or(content.at),
        id: format!("{name} {}", content.hash),
        source: format!("E-Mail: {}", line(message.message_id().unwrap_or(name))),
        subject: if subject.is_empty() { "(ohne Betreff)".to_owned() } else { subject },
        sender,
        email,
        files,
        lenient: true,
    })
}

/// Whether a mail says so often that parts or mails begin that reading it could take hours, or need a stack that nobody has: the
/// parser bounds neither.
fn is_a_maze(bytes: &[u8]) -> bool {
    [&b"boundary"[..], b"rfc822", b"global"].iter().any(|word| {
        let same = |part: &&[u8]| part.eq_ignore_ascii_case(word);
        bytes.windows(word.len()).filter(same).nth(MAX_PARTS).is_some()
    })
}

/// When the server of the authority received it. What a server writes stands above all that was there before, so the first line
/// counts; the day that the sender writes (`Date`) is theirs.
fn received(message: &Message<'_>) -> Option<Timestamp> {
    let first = message.headers().iter().find(|header| header.name().eq_ignore_ascii_case("received"))?;
    let HeaderValue::Received(received) = &first.value else { return None };
    Timestamp::from_second(received.date()?.to_timestamp()).ok()
}

/// The first address, its name or else the address itself, and the address.
fn first(address: Option<&Address<'_>>) -> (Option<String>, Option<String>) {
    let Some(first) = address.and_then(Address::first) else { return (None, None) };
    let email = first.address().map(line).filter(|email| is_email(email));
    let name = first.name().map(line).filter(|name| !name.is_empty());
    (name.or_else(|| email.clone()), email)
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(before, after)| !before.is_empty() && after.contains('.') && !after.contains('@'))
        && !text.contains(char::is_whitespace)
        && text.chars().count() <= 200
}

/// The mail as a text, with the lines of its head that say something.
fn shown(message: &Message<'_>) -> String {
    let mut text = String::new();
    let all = |address: Option<&Address<'_>>| {
        let all = address.into_iter().flat_map(|address| address.iter());
        let shown = all.map(|one| match (one.name(), one.address()) {
            (Some(name), Some(address)) => format!("{} <{}>", line(name), line(address)),
            (name, address) => line(name.or(address).unwrap_or_default()),
        });
        shown.collect::<Vec<_>>().join(", ")
    };
    let date = message.date().map(ToString::to_string).unwrap_or_default();
    for (title, value) in [
        ("Von", all(message.from())),
        ("An", all(message.to())),
        ("Kopie", all(message.cc())),
        ("Datum des Absenders", date),
        ("Betreff", line(message.subject().unwrap_or_default())),
    ] {
        if !value.is_empty() {
            // Writing into a text does not fail.
            let _ = writeln!(text, "{title}: {value}");
        }
    }
    text.push('\n');
    // A mail may have several texts, with what is attached between them.
    let bodies = (0..message.text_body_count()).filter_map(|place| message.body_text(place));
    for (place, body) in bodies.enumerate() {
        text.push_str(if place > 0 { "\n\n" } else { "" });
        text.extend(body.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')));
    }
    text
}

/// A text as one line, within a limit.
fn line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|it| !it.is_empty()).collect();
    words.join(" ").chars().take(MAX_LINE).collect()
}

/// The name of an attachment without whatever may lead elsewhere.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    line(last).trim_start_matches('.').to_owned()
}
