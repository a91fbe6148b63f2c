//! The parties of a case (Beteiligte, § 13 VwVfG): who has applied, who acts for whom, who else is affected.

use std::{collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    case::Case,
    definition::Release,
    language::data_key,
    planted::{Fault, planted},
    words::{PersonId, Timestamp, Value},
};

/// The longest name of a party, in characters.
pub const MAX_NAME: usize = 200;
/// The most lines of an address.
pub const MAX_ADDRESS_LINES: usize = 10;

/// Who a party is, as somebody or a rule says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyContent {
    /// The kind, by the process: for example `applicant`.
    pub kind: Arc<str>,
    /// Name of the person or organisation.
    pub name: Arc<str>,
    /// The address, line by line, without the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub address: Vec<Arc<str>>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Arc<str>>,
    /// The numbers of the parties that this one acts for (Bevollmächtigte, § 14 VwVfG).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub represents: BTreeSet<u32>,
}

/// A party of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Counted from 1 within the case; never given twice.
    pub number: u32,
    /// Who it is.
    pub content: PartyContent,
    /// Since when.
    pub since: Timestamp,
    /// Set when it does not take part any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Removal>,
}

/// Why and since when a party does not take part any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// Who said so.
    pub by: PersonId,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: Arc<str>,
}

impl PartyContent {
    /// Whether both are the same person in the same role: of the same name, and of the same address or e-mail address.
    pub fn is_same(&self, other: &PartyContent) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let address = |party: &PartyContent| party.address.iter().map(|line| plain(line)).collect::<Vec<_>>();
        let email = |party: &PartyContent| party.email.as_deref().map(plain);
        let known = address(self) == address(other) || email(self).is_some() && email(self) == email(other);
        self.kind == other.kind && plain(&self.name) == plain(&other.name) && known
    }

    /// Name and address as they stand on an envelope.
    pub fn lines(&self) -> String {
        let lines: Vec<&str> =
            std::iter::once(&*self.name).chain(self.address.iter().map(|line| &**line)).collect();
        lines.join("\n")
    }
}

impl Case {
    /// The parties that take part, by number.
    pub fn parties_now(&self) -> impl Iterator<Item = &Party> {
        self.parties.values().map(|party| &**party).filter(|party| party.removed.is_none())
    }

    /// Who receives what is for a party: whoever acts for it, else the party itself (§ 14 (3), § 41 (1) VwVfG, § 7 VwZG).
    pub fn receives_for(&self, party: u32) -> u32 {
        let acts_for = |other: &&Party| {
            other.content.represents.contains(&party) && !planted(Fault::SentToTheRepresented)
        };
        self.parties_now().find(acts_for).map_or(party, |found| found.number)
    }

    /// The names that rules see under `parties`: each kind that the process knows.
    pub fn parties_seen(release: &Release) -> impl Iterator<Item = String> {
        release.parties.iter().map(|kind| data_key(&kind.name).to_string())
    }

    /// The parties of a kind, by the name under which rules see it.
    pub fn parties_of(&self, release: &Release, name: &str) -> Value {
        let kind = release.parties.iter().find(|kind| *data_key(&kind.name) == *name);
        let of_kind = self.parties_now().filter(|party| kind.is_some_and(|it| it.name == party.content.kind));
        of_kind.map(party_in_rules).collect()
    }
}

/// A party as rules see it.
pub fn party_in_rules(party: &Party) -> Value {
    let PartyContent { kind, name, address, email, represents } = &party.content;
    json!({
        "number": party.number, "kind": kind, "name": name, "address": address, "email": email,
        "represents": represents,
    })
}
