//! What people read for the ways on which applications come in.

use std::sync::LazyLock;

use fachwerk_core::{
    channel::{CHANNELS, Channel},
    schema::{Choice, Type},
    words::Text,
};

/// What people read for a channel.
pub fn title(channel: &str) -> Text {
    Channel::of(channel).map_or_else(|| Text::new(channel, channel), Channel::title)
}

/// The same as the type of a value.
pub static TYPE: LazyLock<Type> = LazyLock::new(|| {
    let choice = |channel: Channel| Choice { id: channel.id.into(), title: channel.title() };
    Type::Choice(CHANNELS.into_iter().map(choice).collect())
});
