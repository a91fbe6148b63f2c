//! The keys that bodies are sealed with, in a second database with a backup of its own: whoever has one of the two files reads
//! nothing, and a key that is erased is gone from all that was ever sealed with it, in every copy.
//!
//! Keys lie in reserves of [`KEYS_OF_RESERVE`], made at random and on the disk before the first of them is used: a new case
//! costs no write of its own. Each process draws from a reserve of its own; what a process has not drawn when it ends is
//! never used. A slot is the number of its reserve, which is random too, so that keys brought back from a backup never share
//! a slot with others, and the place in it. An erased key is 32 times zero.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::rand;
use fachwerk_core::words::CaseId;
use serde::de::DeserializeOwned;
use sqlx::AssertSqlSafe;

use crate::{
    certificate::Erasure,
    database::{Database, Link, Place},
    error::StoreError,
    schema::spoken,
    seal::{Held, Key, Label, Ring, Seals, slot_of},
    statement::{Cell, Kind, Row, Statement, chunks},
};

/// The file in the data directory that holds the keys.
pub const KEYS_FILE: &str = "keys.db";
/// The schema that holds them in PostgreSQL.
pub const KEYS_SCHEMA: &str = "fachwerk_keys";

/// So many keys are made at once.
const KEYS_OF_RESERVE: usize = 512;
const KEY_BYTES: usize = 32;
/// A reserve has a random number of so many bits.
const RESERVE_BITS: u32 = 52;
/// So many that this process has made it can write once more: 1 MB.
const MOST_MADE: usize = 64;
/// So many reserves are kept in memory: 8 MB.
const MOST_RESERVES: usize = 512;

/// The columns of the ledger: tenant, case_id, at, body.
pub(crate) const LEDGER: [Kind; 4] = [Kind::Text, Kind::Text, Kind::Int, Kind::Bytes];

/// The tables. Format 1.
const SCRIPT: &str = include_str!("schema/keys.sql");

type Reserve = Arc<[u8]>;

/// The open keys.
pub(crate) struct Keys {
    database: Database,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    reserves: HashMap<u64, Reserve>,
    /// The reserve of this process.
    drawing: Option<Drawing>,
    /// The reserves that this process has made, the newest last: a database that takes over may lack them.
    made: VecDeque<(u64, Reserve)>,
    /// How often there was reason to doubt that what was written is still there.
    doubts: u64,
}

/// A reserve that keys are drawn from.
struct Drawing {
    number: u64,
    reserve: Reserve,
    /// That of the next key.
    place: usize,
    /// How many doubts there were when it was certainly there.
    doubts: u64,
}

/// What comes of drawing a key.
enum Drawn {
    Key(Key),
    /// Whether its reserve is still there has to be looked at first.
    Doubtful,
    /// There is no reserve with one.
    Nothing,
}

/// Where the keys of a database lie, and which will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysAt {
    /// Their place.
    pub place: Place,
    /// Whether they may be older than the database: what was sealed with newer ones cannot be read then.
    pub older: bool,
}

impl From<&Place> for KeysAt {
    fn from(place: &Place) -> KeysAt {
        KeysAt { place: place.clone(), older: false }
    }
}

impl Keys {
    /// Opens the keys at a place; they are made when there are none. Whoever opens a database looks first whether it needs
    /// others ([`crate::needed`]).
    pub(crate) async fn open(place: &Place) -> Result<Keys, StoreError> {
        let keys = Self::bare(place).await?;
        // Made at once, so that it is in every copy.
        if let Err(error) = keys.signer().await {
            keys.close().await;
            return Err(error);
        }
        Ok(keys)
    }

    /// Opens the keys that are at a place to read them; none when there are none. Nothing is made.
    pub(crate) async fn there(place: &Place) -> Result<Option<Keys>, StoreError> {
        if let Place::Sqlite { dir } = place
            && !is_there(&dir.join(KEYS_FILE))
        {
            return Ok(None);
        }
        Self::of(Database::keys_beside(place).await?).await
    }

    /// The same for a backup of keys.
    pub(crate) async fn of_file(file: &Path) -> Result<Option<Keys>, StoreError> {
        Self::of(Database::file(file).await?).await
    }

    async fn of(database: Database) -> Result<Option<Keys>, StoreError> {
        let sql = if database.is_postgres() {
            "select count(to_regclass('fachwerk_keys.signers'))"
        } else {
            "select count(*) from sqlite_master where name = 'signers'"
        };
        match database.count(sql).await {
            Ok(1) => Ok(Some(Keys { database, known: Mutex::default() })),
            found => {
                database.close().await;
                found.map(|_| None)
            }
        }
    }

    /// Opens keys to write; made when there are none, without what signs: it is still to come from a copy.
    pub(crate) async fn bare(place: &Place) -> Result<Keys, StoreError> {
        let database = Database::of_keys(place).await?;
        let keys = Keys { database, known: Mutex::default() };
        if let Err(error) = keys.prepare().await {
            keys.close().await;
            return Err(error);
        }
        Ok(keys)
    }

    async fn prepare(&self) -> Result<(), StoreError> {
        let mut link = self.database.begin_write().await?;
        if link.is_postgres() {
            let sql = "select pg_advisory_xact_lock($1)";
            link.run(sql, vec![Cell::Int(crate::schema::MIGRATION_LOCK + 1)]).await?;
            link.script(format!("create schema if not exists {KEYS_SCHEMA}")).await?;
        }
        let script = self.named(&spoken(SCRIPT, &link));
        link.script(script).await?;
        link.commit().await
    }

    pub(crate) async fn close(&self) {
        self.database.close().await;
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// A statement with the names of the tables as they are here.
    pub(crate) fn named(&self, sql: &str) -> String {
        sql.replace("KEYS.", if self.database.is_postgres() { "fachwerk_keys." } else { "" })
    }

    pub(crate) fn sql(&self, sql: &'static str) -> AssertSqlSafe<String> {
        AssertSqlSafe(self.named(sql))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key that nothing was sealed with yet. It is on the disk.
    pub(crate) async fn draw(&self) -> Result<Key, StoreError> {
        loop {
            let doubts = self.known().doubts;
            match self.draw_known() {
                Drawn::Key(key) => return Ok(key),
                Drawn::Doubtful => self.look_again().await?,
                Drawn::Nothing => {
                    // Two at once make two reserves; one of them stays unused.
                    let (number, reserve) = self.make_reserve().await?;
                    let mut known = self.known();
                    known.remember(number, reserve.clone());
                    known.made.push_back((number, reserve.clone()));
                    if known.made.len() > MOST_MADE {
                        known.made.pop_front();
                    }
                    known.drawing = Some(Drawing { number, reserve, place: 0, doubts });
                }
            }
        }
    }

    fn draw_known(&self) -> Drawn {
        let mut known = self.known();
        let doubts = known.doubts;
        match known.drawing.as_mut().filter(|drawing| drawing.place < KEYS_OF_RESERVE) {
            Some(drawing) if drawing.doubts < doubts => Drawn::Doubtful,
            Some(drawing) => {
                let slot = drawing.number * KEYS_OF_RESERVE as u64 + drawing.place as u64;
                let bytes = key_at(&drawing.reserve, drawing.place);
                drawing.place += 1;
                Drawn::Key(Key { slot, bytes })
            }
            None => Drawn::Nothing,
        }
    }

    /// A database could not be had, or has not said what came of a commit: another one may have taken its place that lacks what was
    /// written last. No further key is drawn before that was looked at.
    pub(crate) fn doubt(&self) {
        self.known().doubts += 1;
    }

    /// Sees to it that the reserves that this process has drawn from are there. What is missing is written once more: so everything
    /// that was sealed with it can be read.
    pub(crate) async fn look_again(&self) -> Result<(), StoreError> {
        let (doubts, mut lost) = {
            let known = self.known();
            (known.doubts, known.made.iter().cloned().collect::<BTreeMap<u64, Reserve>>())
        };
        let mut there = BTreeSet::new();
        for made in chunks(lost.keys().copied().collect()) {
            let mut statement = Statement::new("select reserve from KEYS.reserves where reserve in ");
            statement.list(made.into_iter().map(Cell::int));
            let (sql, values) = statement.ready();
            let sql = AssertSqlSafe(self.named(&sql.0));
            for row in self.database.reader().await?.rows(sql, values).await? {
                there.insert(row.count(0)?);
            }
        }
        lost.retain(|number, _| !there.contains(number));
        if !lost.is_empty() {
            let mut link = self.database.begin_write().await?;
            for (number, reserve) in &lost {
                self.put(&mut link, *number, reserve.to_vec()).await?;
            }
            // What was erased meanwhile stays erased.
            let gone = self.gone(&mut link).await?;
            let gone = gone.into_iter().filter(|slot| lost.contains_key(&(slot / KEYS_OF_RESERVE as u64)));
            self.erase(&mut link, &gone.collect()).await?;
            link.commit().await?;
            tracing::warn!(
                reserves = lost.len(),
                "keys that were written were lost, and are written again: has another database taken over that was not waited for?"
            );
        }
        if let Some(drawing) = self.known().drawing.as_mut() {
            drawing.doubts = drawing.doubts.max(doubts);
        }
        Ok(())
    }

    async fn make_reserve(&self) -> Result<(u64, Reserve), StoreError> {
        let poor = |_| StoreError::fault("the machine has no random numbers");
        let mut number = [0; 8];
        rand::fill(&mut number).map_err(poor)?;
        let number = u64::from_be_bytes(number) >> (64 - RESERVE_BITS);
        let mut reserve = vec![0; KEYS_OF_RESERVE * KEY_BYTES];
        rand::fill(&mut reserve).map_err(poor)?;
        let mut link = self.database.begin_write().await?;
        let sql = self.sql("insert into KEYS.reserves (reserve, keys) values ($1, $2)");
        link.run(sql, vec![Cell::int(number), Cell::Bytes(reserve.clone())]).await?;
        link.commit().await?;
        Ok((number, reserve.into()))
    }

    /// The keys of these slots.
    pub(crate) async fn ring(&self, slots: impl IntoIterator<Item = u64>) -> Result<Ring, StoreError> {
        let slots: BTreeSet<u64> = slots.into_iter().collect();
        let mut ring = Ring::default();
        let mut reserves: BTreeMap<u64, Option<Reserve>> = BTreeMap::new();
        for slot in slots {
            let (number, place) = (slot / KEYS_OF_RESERVE as u64, (slot % KEYS_OF_RESERVE as u64) as usize);
            if let std::collections::btree_map::Entry::Vacant(entry) = reserves.entry(number) {
                entry.insert(self.reserve(number).await?);
            }
            let held = match reserves.get(&number) {
                Some(Some(reserve)) => match key_at(reserve, place) {
                    bytes if bytes == [0; KEY_BYTES] => Held::Erased,
                    bytes => Held::Key(Key { slot, bytes }),
                },
                _ => Held::Missing,
            };
            ring.0.insert(slot, held);
        }
        Ok(ring)
    }

    /// The keys that open these bodies.
    pub(crate) async fn ring_of<'a>(
        &self,
        bodies: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Ring, StoreError> {
        self.ring(bodies.into_iter().filter_map(slot_of)).await
    }

    /// What a body of a row holds that must be there; or why it alone cannot be read. An error when nothing can be read now.
    pub(crate) async fn readable<T: DeserializeOwned>(
        &self,
        label: &Label,
        body: &[u8],
    ) -> Result<Result<T, StoreError>, StoreError> {
        match self.ring_of([body]).await.and_then(|ring| ring.json(label, body)) {
            Err(error @ StoreError::Unavailable { .. }) => Err(error),
            read => Ok(read),
        }
    }

    /// The keys of cases, by their slots; one that was erased or is missing is absent.
    pub(crate) async fn seals(&self, slots: &BTreeMap<CaseId, u64>) -> Result<Seals, StoreError> {
        let ring = self.ring(slots.values().copied()).await?;
        let mut seals = Seals::default();
        for (case, slot) in slots {
            if let Some(Held::Key(key)) = ring.0.get(slot) {
                seals.0.insert(*case, key.clone());
            }
        }
        Ok(seals)
    }

    async fn reserve(&self, number: u64) -> Result<Option<Reserve>, StoreError> {
        if let Some(reserve) = self.known().reserves.get(&number) {
            return Ok(Some(reserve.clone()));
        }
        let sql = self.sql("select keys from KEYS.reserves where reserve = $1");
        let row = self.database.reader().await?.row(sql, vec![Cell::int(number)]).await?;
        let Some(row) = row else { return Ok(None) };
        let reserve = row.bytes(0)?;
        if reserve.len() != KEYS_OF_RESERVE * KEY_BYTES {
            return Err(StoreError::corrupt(format!("keys, reserve {number}"), "it has the wrong length"));
        }
        let reserve: Reserve = reserve.into();
        self.known().remember(number, reserve.clone());
        Ok(Some(reserve))
    }

    /// Writes zeros over keys, and lets no older copy of them lie about. What is gone already stays so.
    pub(crate) async fn erase(&self, link: &mut Link, slots: &BTreeSet<u64>) -> Result<(), StoreError> {
        let mut by_reserve: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for slot in slots {
            let place = (slot % KEYS_OF_RESERVE as u64) as usize;
            by_reserve.entry(slot / KEYS_OF_RESERVE as u64).or_default().push(place);
        }
        for (number, places) in by_reserve {
            let sql = if link.is_postgres() {
                "select keys from KEYS.reserves where reserve = $1 for update"
            } else {
                "select keys from KEYS.reserves where reserve = $1"
            };
            let Some(row) = link.row(self.sql(sql), vec![Cell::int(number)]).await? else { continue };
            let mut reserve = row.bytes(0)?;
            for place in places {
                if let Some(key) = reserve.get_mut(place * KEY_BYTES..(place + 1) * KEY_BYTES) {
                    key.fill(0);
                }
            }
            let sql = self.sql("update KEYS.reserves set keys = $2 where reserve = $1");
            link.run(sql, vec![Cell::int(number), Cell::Bytes(reserve)]).await?;
        }
        Ok(())
    }

    /// Forgets keys that were erased, here or by another process.
    pub(crate) fn forget(&self, slots: impl IntoIterator<Item = u64>) {
        let mut known = self.known();
        for slot in slots {
            let (number, place) = (slot / KEYS_OF_RESERVE as u64, (slot % KEYS_OF_RESERVE as u64) as usize);
            known.reserves.remove(&number);
            let Known { drawing, made, .. } = &mut *known;
            let drawing = drawing.iter_mut().map(|drawing| (drawing.number, &mut drawing.reserve));
            let made = made.iter_mut().map(|(number, reserve)| (*number, reserve));
            for (_, reserve) in drawing.chain(made).filter(|(of, _)| *of == number) {
                Arc::make_mut(reserve)[place * KEY_BYTES..(place + 1) * KEY_BYTES].fill(0);
            }
        }
    }

    /// Whether anything may be sealed with them: more is there than what signs.
    pub(crate) async fn any(&self) -> Result<bool, StoreError> {
        let sql = self.sql("select reserve from KEYS.reserves limit 1");
        Ok(self.database.reader().await?.row(sql, vec![]).await?.is_some())
    }

    /// What signs with them, when something does: it is the same in all copies of the keys of one installation.
    pub(crate) async fn seed(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = self.sql("select seed from KEYS.signers where number = 1");
        self.database.reader().await?.row(sql, vec![]).await?.map(|row| row.bytes(0)).transpose()
    }

    /// Puts a reserve where it is missing; whether it was.
    pub(crate) async fn put(&self, link: &mut Link, number: u64, keys: Vec<u8>) -> Result<bool, StoreError> {
        let sql = "insert into KEYS.reserves (reserve, keys) values ($1, $2) on conflict do nothing";
        Ok(link.run(self.sql(sql), vec![Cell::int(number), Cell::Bytes(keys)]).await? > 0)
    }

    /// The slots of a reserve whose keys were erased.
    pub(crate) fn erased_in(number: u64, keys: &[u8]) -> impl Iterator<Item = u64> {
        let erased = |(_, key): &(u64, &[u8])| key.iter().all(|byte| *byte == 0);
        (number * KEYS_OF_RESERVE as u64..).zip(keys.chunks(KEY_BYTES)).filter(erased).map(|(slot, _)| slot)
    }

    /// Notes an erasure in the ledger, with the columns of [`LEDGER`]; whether it was not noted yet.
    pub(crate) async fn note(&self, link: &mut Link, values: Vec<Cell>) -> Result<bool, StoreError> {
        let sql = "insert into KEYS.ledger (tenant, case_id, at, body) values ($1, $2, $3, $4) on conflict do nothing";
        Ok(link.run(self.sql(sql), values).await? > 0)
    }

    /// A page of the ledger, behind an authority and a case: the columns of [`LEDGER`].
    pub(crate) async fn ledger(
        &self,
        link: &mut Link,
        after: &(String, String),
    ) -> Result<Vec<Row>, StoreError> {
        let sql = "select tenant, case_id, at, body from KEYS.ledger where (tenant, case_id) > ($1, $2) \
                   order by tenant, case_id limit 100";
        link.rows(self.sql(sql), vec![Cell::text(&after.0), Cell::text(&after.1)]).await
    }

    /// The slots of all keys that the ledger says are gone.
    pub(crate) async fn gone(&self, link: &mut Link) -> Result<BTreeSet<u64>, StoreError> {
        let (mut gone, mut after) = (BTreeSet::new(), (String::new(), String::new()));
        loop {
            let rows = self.ledger(link, &after).await?;
            let Some(last) = rows.last() else { return Ok(gone) };
            after = (last.text(0)?, last.text(1)?);
            for row in &rows {
                gone.extend(Erasure::read(&row.bytes(3)?, true)?.slots());
            }
        }
    }
}

fn is_there(file: &Path) -> bool {
    file.metadata().is_ok_and(|found| found.len() > 0)
}

impl Known {
    fn remember(&mut self, number: u64, reserve: Reserve) {
        if self.reserves.len() >= MOST_RESERVES {
            // Whichever: it is read again.
            let gone = self.reserves.keys().next().copied();
            gone.map(|gone| self.reserves.remove(&gone));
        }
        self.reserves.insert(number, reserve);
    }
}

fn key_at(reserve: &[u8], place: usize) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    key.copy_from_slice(&reserve[place * KEY_BYTES..(place + 1) * KEY_BYTES]);
    key
}
