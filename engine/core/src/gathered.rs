//! What rules see of a case besides values that it keeps. Each member is put together when the first rule asks for it:
//! few do, and most of them for one.

use std::{borrow::Cow, cell::OnceCell};

use fachwerk_rules::{Members, Node, Segment};
use serde_json::json;

use crate::{
    act::Act,
    case::Case,
    definition::Release,
    facts::day_of,
    words::{Object, Value},
};

/// An object that rules see.
#[derive(Clone, Copy)]
pub enum Seen<'a> {
    /// What stands under `file`.
    File,
    /// What stands under `parties`.
    Parties,
    /// What stands under `acts`.
    Acts,
    /// One act.
    Act(&'a Act),
}

/// A member of such an object.
pub enum Member<'a> {
    /// Put together.
    Value(Value),
    /// Itself an object with members.
    Of(Seen<'a>),
}

impl<'a> Seen<'a> {
    /// The names of its members, in order.
    fn names(self, release: &Release) -> Vec<Cow<'static, str>> {
        let fixed = |names: &[&'static str]| names.iter().map(|name| Cow::Borrowed(*name)).collect();
        match self {
            Seen::File => fixed(&["number", "received_on", "started_on", "channel"]),
            Seen::Parties => Case::parties_seen(release).map(Cow::Owned).collect(),
            Seen::Acts => Case::acts_seen(release).map(Cow::Owned).collect(),
            Seen::Act(_) => fixed(&Act::SEEN),
        }
    }

    fn member(self, case: &'a Case, release: &Release, name: &str) -> Member<'a> {
        Member::Value(match (self, name) {
            (Seen::File, "number") => json!(case.number),
            (Seen::File, "received_on") => json!(case.received_on),
            (Seen::File, "started_on") => json!(day_of(case.started_at)),
            (Seen::File, "channel") => json!(case.channel),
            (Seen::File, _) => Value::Null,
            (Seen::Parties, kind) => case.parties_of(release, kind),
            (Seen::Acts, "all") => case.acts_now().map(|act| Seen::Act(act).whole(case, release)).collect(),
            (Seen::Acts, kind) => match case.latest_act(release, kind) {
                Some(act) => return Member::Of(Seen::Act(act)),
                None => Value::Null,
            },
            (Seen::Act(act), name) => case.of_act(act, name),
        })
    }

    /// All members together.
    pub fn whole(self, case: &'a Case, release: &Release) -> Value {
        let members = self.names(release).into_iter().map(|name| {
            let value = match self.member(case, release, &name) {
                Member::Value(value) => value,
                Member::Of(seen) => seen.whole(case, release),
            };
            (name.into_owned(), value)
        });
        Value::Object(members.collect::<Object>())
    }
}

/// Such an object of one case.
pub struct Gathered<'a> {
    release: &'a Release,
    case: &'a Case,
    seen: Seen<'a>,
    members: OnceCell<Vec<(Cow<'static, str>, OnceCell<Part<'a>>)>>,
}

enum Part<'a> {
    Value(Value),
    Of(Box<Gathered<'a>>),
}

impl<'a> Gathered<'a> {
    /// Nothing of it is put together yet.
    pub fn new(release: &'a Release, case: &'a Case, seen: Seen<'a>) -> Gathered<'a> {
        Gathered { release, case, seen, members: OnceCell::new() }
    }

    /// The value that lies there; none: there is none.
    pub fn at(&self, path: &[Segment]) -> Option<Cow<'_, Value>> {
        let Some((first, rest)) = path.split_first() else {
            return Some(Cow::Owned(self.seen.whole(self.case, self.release)));
        };
        match self.part(&first.name)? {
            Part::Of(of) => of.at(rest),
            Part::Value(value) => {
                rest.iter().try_fold(value, |value, segment| value.get(&segment.name)).map(Cow::Borrowed)
            }
        }
    }

    fn members(&self) -> &[(Cow<'static, str>, OnceCell<Part<'a>>)] {
        self.members.get_or_init(|| {
            let names = self.seen.names(self.release).into_iter();
            names.map(|name| (name, OnceCell::new())).collect()
        })
    }

    fn part(&self, name: &str) -> Option<&Part<'a>> {
        let (_, part) = self.members().iter().find(|(known, _)| *known == name)?;
        Some(part.get_or_init(|| match self.seen.member(self.case, self.release, name) {
            Member::Value(value) => Part::Value(value),
            Member::Of(seen) => Part::Of(Box::new(Gathered::new(self.release, self.case, seen))),
        }))
    }
}

impl Members for Gathered<'_> {
    fn member(&self, name: &str) -> Option<Node<'_>> {
        Some(match self.part(name)? {
            Part::Value(value) => Node::Value(value),
            Part::Of(of) => Node::Members(&**of),
        })
    }
    fn names(&self) -> Vec<&str> {
        self.members().iter().map(|(name, _)| &**name).collect()
    }
}
