//! What rules see of a case besides values that it keeps. Each member is put together when the first rule asks for it:
//! few do, and most of them for one.

use std::{cell::OnceCell, sync::Arc};

use fachwerk_rules::Members;
use serde_json::json;

use crate::{
    case::Case,
    definition::Release,
    facts::day_of,
    words::{Object, Value},
};

/// An object that rules see under one name.
pub struct InRules {
    /// The names of its members, in order.
    pub names: fn(&Release) -> Vec<Arc<str>>,
    /// One of its members.
    pub value: fn(&Case, &Release, &str) -> Value,
}

impl InRules {
    /// All members together.
    pub fn whole(&self, case: &Case, release: &Release) -> Value {
        let names = (self.names)(release).into_iter();
        let members = names.map(|name| (name.to_string(), (self.value)(case, release, &name)));
        Value::Object(members.collect::<Object>())
    }
}

/// What rules see under `file`.
pub const FILE_IN_RULES: InRules = InRules {
    names: |_| ["number", "received_on", "started_on", "channel"].map(Arc::from).into(),
    value: |case, _, name| match name {
        "number" => json!(case.number),
        "received_on" => json!(case.received_on),
        "started_on" => json!(day_of(case.started_at)),
        "channel" => json!(case.channel),
        _ => Value::Null,
    },
};

/// Such an object of one case.
pub struct Gathered<'a> {
    release: &'a Release,
    case: &'a Case,
    from: &'static InRules,
    members: OnceCell<Vec<(Arc<str>, OnceCell<Value>)>>,
}

impl<'a> Gathered<'a> {
    /// Nothing of it is put together yet.
    pub fn new(release: &'a Release, case: &'a Case, from: &'static InRules) -> Gathered<'a> {
        Gathered { release, case, from, members: OnceCell::new() }
    }

    /// All members together.
    pub fn whole(&self) -> Value {
        self.from.whole(self.case, self.release)
    }

    fn members(&self) -> &[(Arc<str>, OnceCell<Value>)] {
        self.members.get_or_init(|| {
            let names = (self.from.names)(self.release).into_iter();
            names.map(|name| (name, OnceCell::new())).collect()
        })
    }
}

impl Members for Gathered<'_> {
    fn member(&self, name: &str) -> Option<&Value> {
        let (_, value) = self.members().iter().find(|(known, _)| **known == *name)?;
        Some(value.get_or_init(|| (self.from.value)(self.case, self.release, name)))
    }
    fn names(&self) -> Vec<&str> {
        self.members().iter().map(|(name, _)| &**name).collect()
    }
}
