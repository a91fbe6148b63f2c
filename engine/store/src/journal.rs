//! Writing turns: what is next in its case, with the next numbers of its counters, gets the next positions; everything
//! else is told what stood in its way.
//!
//! A batch of one tenant is one transaction that holds the tenant's row, so two batches of a tenant follow one another and
//! what a batch is judged on stays true until the commit; batches of different tenants do not wait for each other on
//! PostgreSQL. The ways to store one are in `append.rs`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, OnceLock},
};

use fachwerk_core::{
    authority::AuthorityTurn,
    case::Case,
    facts::{Actor, CounterKey},
    format::Unwritable,
    projection::Change,
    turn::Turn,
    words::{CaseId, TenantId, Timestamp},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    Store,
    append::{Batch, Effects},
    chain::Columns,
    compress::compress,
    database::Link,
    error::StoreError,
    hash::Hash,
    keys::Keys,
    locked::Locked,
    seal::{Key, Label, Seals, plain_small, slot_of},
    statement::{Cell, Kind, Statement, chunks},
    tables::Column,
    work::{EffectKey, Lease},
    writes::Writes,
};

/// The stream of the authority itself.
pub(crate) const AUTHORITY: CaseId = CaseId(Uuid::nil());
/// The largest turn, in bytes of its JSON.
pub const MAX_TURN_BYTES: usize = 8 * 1024 * 1024;
/// The deepest nesting of lists and objects in the JSON of a turn: what is deeper cannot be read back.
pub const MAX_TURN_DEPTH: usize = 100;
/// The most turns of one batch.
pub const MAX_BATCH_TURNS: usize = 1000;

/// A turn to be stored, with all that follows from it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The turn.
    pub turn: Turn,
    /// What it changes in the derived tables; see [`fachwerk_core::projection::changes`].
    pub changes: Vec<Change>,
    /// The case after the turn, when it is time to keep it whole.
    pub snapshot: Option<Arc<Case>>,
}

/// What became of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is stored, with all its changes.
    Committed {
        /// Counted from 1 without gaps per tenant.
        position: u64,
    },
    /// The command with this id was carried out before. Nothing was changed.
    Repeated {
        /// The version of the case after the earlier turn.
        version: u64,
        /// The position of the earlier turn.
        position: u64,
    },
    /// The case is not at the version before this turn, or a number drawn is not the next of its counter, or the authority
    /// was changed since its facts were taken, or the turn before it in this batch is not stored. Nothing was changed:
    /// load case and authority, and decide again.
    Conflict,
    /// The turn has more bytes than [`MAX_TURN_BYTES`]. Nothing was changed: refuse the command.
    TooLarge {
        /// Its size.
        bytes: u64,
    },
}

/// What became of a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StoredBatch {
    /// One entry a turn, in the same order.
    pub turns: Vec<Appended>,
    /// The effects that are under the lease.
    pub leased: Vec<EffectKey>,
}

impl Store {
    /// Stores turns of one tenant in one transaction. Turns of one case stand in order, each following the one before.
    /// The answer has one entry a turn, in the same order; a turn that is not stored leaves no trace. A batch with a turn
    /// nested deeper than [`MAX_TURN_DEPTH`] is refused as a whole: that limit belongs where input is parsed.
    pub async fn append(&self, tenant: &TenantId, entries: Vec<Entry>) -> Result<Vec<Appended>, StoreError> {
        Ok(self.append_leasing(tenant, entries, None).await?.turns)
    }

    /// The same; the effects that come of it are under a lease when they are stored, so that whoever holds it need not claim
    /// them. While the work of the authority rests nothing is leased.
    pub async fn append_leasing(
        &self,
        tenant: &TenantId,
        entries: Vec<Entry>,
        lease: Option<Lease>,
    ) -> Result<StoredBatch, StoreError> {
        let mut drafts = Vec::with_capacity(entries.len());
        let mut erased = Vec::new();
        let mut effects = Vec::with_capacity(entries.len());
        for Entry { turn, changes, snapshot } in entries {
            if turn.tenant != *tenant || turn.case == AUTHORITY {
                return Err(StoreError::fault(format!(
                    "turn of {} {} in a batch of {tenant}",
                    turn.tenant, turn.case
                )));
            }
            if snapshot.as_ref().is_some_and(|case| case.version != turn.version || case.id != turn.case) {
                return Err(StoreError::fault(format!(
                    "the snapshot is not case {} {}",
                    turn.case, turn.version
                )));
            }
            erased.extend(turn.erases().then_some(turn.case));
            drafts.push(Draft::of_case(&turn, self.json(&turn)?));
            effects.push((changes, snapshot));
        }
        let stored = self.append_drafts(tenant, drafts, effects, lease).await?;
        let erased = erased.into_iter().map(|case| (tenant.clone(), case));
        if let Err(error) = self.finish_erasures_of(erased).await {
            // The cases are gone; their keys go when this is tried again.
            tracing::error!(%tenant, %error, "the keys of erased cases are not gone yet");
        }
        Ok(stored)
    }

    /// Stores a turn of the authority's own stream.
    pub async fn append_authority(&self, turn: &AuthorityTurn) -> Result<Appended, StoreError> {
        let draft = Draft::of_authority(turn, self.json(turn)?);
        let stored = self.append_drafts(&turn.tenant, vec![draft], vec![], None).await?;
        stored.turns.first().copied().ok_or_else(|| StoreError::fault("a turn without a result"))
    }

    async fn append_drafts(
        &self,
        tenant: &TenantId,
        drafts: Vec<Draft>,
        effects: Effects,
        lease: Option<Lease>,
    ) -> Result<StoredBatch, StoreError> {
        if drafts.len() > MAX_BATCH_TURNS {
            let (size, limit) = (drafts.len() as u64, MAX_BATCH_TURNS as u64);
            return Err(StoreError::TooLarge { what: "batch_turns", size, limit });
        }
        if drafts.is_empty() {
            return Ok(StoredBatch::default());
        }
        let stored = self.append_batch(tenant, Batch { drafts, effects: Arc::new(effects), lease }).await;
        if let Err(StoreError::Unavailable { .. } | StoreError::UnknownCommit { .. }) = &stored {
            self.keys().doubt();
        }
        stored
    }

    /// A turn as it is written now, in the format that all servers read.
    fn json(&self, turn: &impl Serialize) -> Result<Vec<u8>, StoreError> {
        let body = self.formats().write(turn, self.writes()).map_err(|error| match error {
            Unwritable::NoWords { format } => StoreError::OlderServers { format },
            Unwritable::Broken(reason) => StoreError::fault(format!("a turn is no JSON: {reason}")),
        })?;
        let depth = depth(&body);
        if depth > MAX_TURN_DEPTH {
            let (size, limit) = (depth as u64, MAX_TURN_DEPTH as u64);
            return Err(StoreError::TooLarge { what: "turn_depth", size, limit });
        }
        Ok(body)
    }

    /// The last value drawn from a counter without gaps; 0 when none was.
    pub async fn counter(&self, tenant: &TenantId, counter: &str) -> Result<u64, StoreError> {
        let sql = "select value from counters where tenant = $1 and counter = $2";
        let row =
            self.database().reader().await?.row(sql, vec![Cell::text(tenant), Cell::text(counter)]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }
}

/// A turn as it will lie in the journal.
#[derive(Clone)]
pub(crate) struct Draft {
    pub case: CaseId,
    pub version: u64,
    command_id: Uuid,
    actor: String,
    pub at: Timestamp,
    release: String,
    /// Its JSON, made small; sealed when its place is certain.
    small: Vec<u8>,
    /// The bytes of its JSON.
    size: usize,
    pub numbers: Vec<(CounterKey, u64)>,
    /// Documents that came into the case.
    pub documents: Vec<Hash>,
    /// The turn, when it is the one that erases the case.
    pub erasing: Option<Box<Turn>>,
    /// The version of the authority that it was decided with; the authority's own turns have their version.
    authority: u64,
    /// The key that was drawn for the case that it begins, however often it is tried to store it.
    drawn: Arc<OnceLock<Key>>,
}

impl Draft {
    fn of_case(turn: &Turn, json: Vec<u8>) -> Draft {
        Draft {
            case: turn.case,
            version: turn.version,
            command_id: turn.command_id,
            actor: actor_text(&turn.actor),
            at: turn.now,
            release: turn.release.to_string(),
            small: compress(&json),
            size: json.len(),
            numbers: turn.numbers().map(|(counter, value)| (counter.clone(), value)).collect(),
            documents: turn.documents().filter_map(|document| document.content.hash.parse().ok()).collect(),
            erasing: turn.erases().then(|| Box::new(turn.clone())),
            authority: turn.facts.authority,
            drawn: Arc::default(),
        }
    }

    fn of_authority(turn: &AuthorityTurn, json: Vec<u8>) -> Draft {
        Draft {
            case: AUTHORITY,
            version: turn.version,
            command_id: turn.command_id,
            actor: actor_text(&turn.actor),
            at: turn.now,
            release: String::new(),
            small: compress(&json),
            size: json.len(),
            numbers: vec![],
            documents: vec![],
            erasing: None,
            authority: turn.version,
            drawn: Arc::default(),
        }
    }

    /// Whether everybody may read it: what an authority does itself, and that a case was erased.
    pub(crate) fn is_plain(&self) -> bool {
        self.case == AUTHORITY || self.erasing.is_some()
    }

    /// The bytes as they are stored; none when there is no key for the case, because it was erased meanwhile.
    fn stored(&self, tenant: &TenantId, seals: &Seals) -> Result<Option<Vec<u8>>, StoreError> {
        if self.is_plain() {
            return Ok(Some(plain_small(&self.small)));
        }
        let label = Label::turn(tenant, self.case, self.version);
        seals.0.get(&self.case).map(|key| key.seal_small(&label, &self.small)).transpose()
    }
}

/// How deep lists and objects lie in each other.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Who asked, as the journal's column says it.
pub(crate) fn actor_text(actor: &Actor) -> String {
    match actor {
        Actor::Person(person) => format!("person:{person}"),
        Actor::Engine => "engine".into(),
        Actor::Connector(connector) => format!("connector:{connector}"),
    }
}

/// Who asked, from what the journal's column says.
pub(crate) fn actor_of(text: &str) -> Actor {
    match text.split_once(':') {
        Some(("person", person)) => Actor::Person(person.into()),
        Some((_, connector)) => Actor::Connector(connector.into()),
        None => Actor::Engine,
    }
}

/// What the journal already says about the cases, commands and counters of a batch.
#[derive(Default)]
pub(crate) struct Known {
    /// By case and version: the hash.
    pub turns: HashMap<(CaseId, u64), Hash>,
    /// By case and command: version and position.
    commands: HashMap<(CaseId, Uuid), (u64, u64)>,
    /// The last value of each counter; absent: 0.
    pub counters: BTreeMap<CounterKey, u64>,
    /// The slots of the keys of the cases; one that was erased has none.
    pub slots: BTreeMap<CaseId, u64>,
}

const WANTED: [Column; 3] = [("case_id", Kind::Text), ("version", Kind::Int), ("command_id", Kind::Text)];
/// A cross join keeps SQLite from reading the journal first.
const WANTED_TURNS: &str = "select j.case_id, j.version, j.command_id, j.position, j.hash, substr(j.body, 1, 9) \
                            from wanted w cross join journal j where j.tenant = ";

pub(crate) async fn known(link: &mut Link, tenant: &TenantId, drafts: &[Draft]) -> Result<Known, StoreError> {
    let mut known = Known::default();
    let wanted =
        |draft: &Draft| vec![Cell::text(draft.case), Cell::int(draft.version), Cell::text(draft.command_id)];
    let wanted: Vec<_> = drafts.iter().map(wanted).collect();
    // PostgreSQL takes them as arrays, however many they are.
    let parts = if link.is_postgres() { vec![wanted] } else { chunks(wanted).collect() };
    for wanted in parts {
        let mut statement = Statement::new("with wanted (case_id, version, command_id) as (");
        if link.is_postgres() {
            statement.push("select * from ").given(&WANTED, wanted);
        } else {
            for (number, row) in wanted.into_iter().enumerate() {
                statement.push(if number > 0 { ", " } else { "values " }).list(row);
            }
        }
        statement.push(") ").push(WANTED_TURNS).value(Cell::text(tenant));
        statement
            .push(" and j.case_id = w.case_id and j.version between w.version - 1 and w.version union all ");
        statement.push(WANTED_TURNS).value(Cell::text(tenant));
        // In the words of its index: by the case alone a database might take all turns of it for few.
        statement.push(" and j.command_id || j.case_id = w.command_id || w.case_id");
        for row in statement.rows(link).await? {
            let (case, version) = (row.parsed(0)?, row.count(1)?);
            let hash = Hash::from_bytes(&row.bytes(4)?);
            let hash =
                hash.map_err(|error| StoreError::corrupt(format!("turn {version} of case {case}"), error))?;
            known.turns.insert((case, version), hash);
            known.slots.extend(slot_of(&row.bytes(5)?).map(|slot| (case, slot)));
            known.commands.insert((case, row.parsed(2)?), (version, row.count(3)?));
        }
    }
    let counters: BTreeSet<&CounterKey> =
        drafts.iter().flat_map(|draft| &draft.numbers).map(|(key, _)| key).collect();
    for counters in chunks(counters.into_iter().collect()) {
        let mut statement = Statement::new("select counter, value from counters where tenant = ");
        statement
            .value(Cell::text(tenant))
            .push(" and counter in ")
            .list(counters.into_iter().map(Cell::text));
        for row in statement.rows(link).await? {
            known.counters.insert(row.text(0)?.into(), row.count(1)?);
        }
    }
    Ok(known)
}

/// What a batch comes to.
pub(crate) struct Judged {
    pub results: Vec<Appended>,
    pub rows: Vec<JournalRow>,
    /// Counters that were drawn from, with their new last values.
    pub counters: BTreeMap<CounterKey, u64>,
    /// What the row of the tenant shall say.
    pub locked: Locked,
}

/// A turn that will be stored, at its place.
pub(crate) struct JournalRow {
    pub draft: Draft,
    position: u64,
    pub previous: Hash,
    body: Vec<u8>,
    body_hash: Hash,
    pub hash: Hash,
}

impl JournalRow {
    fn new(tenant: &TenantId, draft: Draft, position: u64, previous: Hash, body: Vec<u8>) -> JournalRow {
        let body_hash = Hash::of(&body);
        let columns = Columns {
            tenant,
            case: draft.case,
            version: draft.version,
            position,
            command_id: &draft.command_id.to_string(),
            actor: &draft.actor,
            at: draft.at.as_microsecond(),
            release: &draft.release,
        };
        let hash = columns.chained(&previous, &body_hash);
        JournalRow { draft, position, previous, body, body_hash, hash }
    }
}

/// Decides which turns are next.
pub(crate) fn judge(
    tenant: &TenantId,
    drafts: Vec<Draft>,
    mut known: Known,
    mut locked: Locked,
    seals: &Seals,
) -> Result<Judged, StoreError> {
    // By case: what comes behind and has a higher version was decided on something that is not stored.
    let mut failed: HashMap<CaseId, u64> = HashMap::new();
    let mut results = Vec::with_capacity(drafts.len());
    let mut rows = Vec::with_capacity(drafts.len());
    let mut counters = BTreeMap::new();
    for draft in drafts {
        let (case, version) = (draft.case, draft.version);
        if let Some((version, position)) = known.commands.get(&(case, draft.command_id)).copied() {
            // What was decided on the same state as this one may go on.
            failed.entry(case).or_insert(draft.version);
            results.push(Appended::Repeated { version, position });
            continue;
        }
        let size = draft.size;
        let hopeless = size > MAX_TURN_BYTES
            || draft.authority < locked.authority
            || failed.get(&case).is_some_and(|first| *first < version);
        let previous = previous(&draft, &known).filter(|_| !hopeless);
        let drawn = previous.and_then(|_| drawn(&draft, &known.counters));
        let stored = if drawn.is_some() { draft.stored(tenant, seals)? } else { None };
        let (Some(previous), Some(drawn), Some(body)) = (previous, drawn, stored) else {
            failed.insert(case, 0);
            let too_large = size > MAX_TURN_BYTES;
            results.push(if too_large {
                Appended::TooLarge { bytes: size as u64 }
            } else {
                Appended::Conflict
            });
            continue;
        };
        locked.position += 1;
        if case == AUTHORITY {
            locked.authority = version;
        }
        let position = locked.position;
        let row = JournalRow::new(tenant, draft, position, previous, body);
        let draft = &row.draft;
        if draft.erasing.is_some() {
            // Nothing follows.
            failed.insert(case, version);
        }
        known.turns.insert((case, version), row.hash);
        known.commands.insert((case, draft.command_id), (version, position));
        known.counters.extend(drawn.clone());
        counters.extend(drawn);
        results.push(Appended::Committed { position });
        rows.push(row);
    }
    Ok(Judged { results, rows, counters, locked })
}

impl Keys {
    /// The keys that a batch is sealed with: that of each known case, a new one for each that begins.
    pub(crate) async fn seals_for(
        &self,
        drafts: &[Draft],
        slots: &BTreeMap<CaseId, u64>,
    ) -> Result<Seals, StoreError> {
        let mut seals = self.seals(slots).await?;
        for draft in drafts.iter().filter(|draft| draft.version == 1 && !draft.is_plain()) {
            if !slots.contains_key(&draft.case) && !seals.0.contains_key(&draft.case) {
                let key = match draft.drawn.get() {
                    Some(key) => key.clone(),
                    None => {
                        let key = self.draw().await?;
                        draft.drawn.get_or_init(|| key).clone()
                    }
                };
                seals.0.insert(draft.case, key);
            }
        }
        Ok(seals)
    }
}

/// The hash of the turn before, when this turn is the next of its case.
fn previous(draft: &Draft, known: &Known) -> Option<Hash> {
    if known.turns.contains_key(&(draft.case, draft.version)) {
        return None;
    }
    match draft.version.checked_sub(1)? {
        0 => Some(Hash::ZERO),
        before => known.turns.get(&(draft.case, before)).copied(),
    }
}

/// The counters after a turn, when each number that it drew was the next.
fn drawn(draft: &Draft, counters: &BTreeMap<CounterKey, u64>) -> Option<BTreeMap<CounterKey, u64>> {
    let mut drawn = BTreeMap::new();
    for (counter, value) in &draft.numbers {
        let last = drawn.get(counter).or_else(|| counters.get(counter)).copied().unwrap_or_default();
        if *value != last + 1 {
            return None;
        }
        drawn.insert(counter.clone(), *value);
    }
    Some(drawn)
}

/// Under the lock of the tenant nobody else can have taken a version: if somebody has, the whole batch fails.
pub(crate) fn insert_turns(writes: &mut Writes, rows: Vec<JournalRow>) {
    let row = |JournalRow { draft, position, body, body_hash, hash, .. }: JournalRow| {
        vec![
            Cell::text(draft.case),
            Cell::int(draft.version),
            Cell::int(position),
            Cell::text(draft.command_id),
            Cell::text(draft.actor),
            Cell::instant(draft.at),
            Cell::text(draft.release),
            Cell::Bytes(body),
            Cell::Bytes(body_hash.bytes().to_vec()),
            Cell::Bytes(hash.bytes().to_vec()),
        ]
    };
    let columns = [
        ("case_id", Kind::Text),
        ("version", Kind::Int),
        ("position", Kind::Int),
        ("command_id", Kind::Text),
        ("actor", Kind::Text),
        ("at", Kind::Int),
        ("release", Kind::Text),
        ("body", Kind::Bytes),
        ("body_hash", Kind::Bytes),
        ("hash", Kind::Bytes),
    ];
    writes.put("journal", columns, rows.into_iter().map(row).collect(), vec![]);
}

pub(crate) fn set_counters(writes: &mut Writes, counters: BTreeMap<CounterKey, u64>) {
    let rows = counters.into_iter().map(|(counter, value)| vec![Cell::text(counter), Cell::int(value)]);
    let columns = [("counter", Kind::Text), ("value", Kind::Int)];
    let end = vec![" on conflict (tenant, counter) do update set value = excluded.value"];
    writes.put("counters", columns, rows.collect(), end);
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[track_caller]
    fn check(json: &str, expected: usize) {
        assert_eq!(depth(json.as_bytes()), expected, "{json}");
    }

    #[test]
    fn nesting_is_counted_outside_of_texts() {
        check("1", 0);
        check("[]", 1);
        check(r#"{"a": [1, {"b": {}}], "c": [[]]}"#, 4);
        check(r#"["[[[", "\"[[", "\\", {}]"#, 2);
    }
}
