//! Takes what comes in at the sources of post: read, stored as an item, and only then put away.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use fachwerk_core::{
    command::{Command, Request},
    document_kind,
    event::{Direction, DocumentContent},
    facts::{Actor, day_of},
    item::{self, Arrived, ArrivedFile, PostSource, RefusedThere, Unread},
    words::{CaseId, Object, ReleaseId, TenantId, Text, Value},
};
use fachwerk_store::{Hash, StoreError};
use tokio::time::{MissedTickBehavior, interval};

use crate::{Runtime, SubmitError, between::timed_id, submit::lock};

/// How often sources are looked at.
const EVERY: Duration = Duration::from_secs(10);
/// How much of a source is taken in one go.
const AT_ONCE: usize = 100;
/// The largest document that is taken without a person, in bytes; as at the counter.
const MAX_DOCUMENT: usize = 25_000_000;
/// The most characters of a subject and of where something came from.
const MAX_CHARS: usize = 300;

/// A source, and the authority that it belongs to.
pub type SourceOf = (TenantId, Arc<dyn PostSource>);

/// What came of looking at the sources once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostTaken {
    /// So many items are there.
    pub taken: usize,
    /// So many were put aside.
    pub refused: usize,
}

/// What is done with something that was found.
enum Next {
    Taken,
    Refused(Text),
    /// It stays, and is tried again.
    Later(Text),
}

/// What is known of the sources between two looks.
#[derive(Default)]
pub struct Sources {
    all: Vec<SourceOf>,
    /// How far the last look at each source came, by its place: the next one goes on behind it, so that what stays keeps nothing
    /// behind it from coming in.
    reached: HashMap<usize, String>,
    /// What waits at each source, and why; without a name: all of it.
    waits: HashMap<usize, BTreeMap<Option<String>, Text>>,
}

impl Runtime {
    /// The sources of this process; said before the background work begins.
    pub fn set_post_sources(&self, sources: Vec<SourceOf>) {
        *lock(&self.inner.post_sources) = Sources { all: sources, ..Sources::default() };
    }

    /// What sources of an authority could not be taken or waits there, each with what people read for the source.
    pub async fn refused_post(
        &self,
        tenant: &TenantId,
        at_most: usize,
    ) -> Result<Vec<(String, RefusedThere)>, SubmitError> {
        let mut all = Vec::new();
        for (place, (of, source)) in self.sources().into_iter().enumerate() {
            if of != *tenant {
                continue;
            }
            let waits = lock(&self.inner.post_sources).waits.get(&place).cloned().unwrap_or_default();
            let waits = waits.into_iter().map(|(name, why)| RefusedThere { name, why: why.de.to_string() });
            let listed = aside(move || {
                let unreadable = source.readable().err().map(|why| RefusedThere { name: None, why });
                let refused = unreadable.into_iter().chain(waits).chain(source.refused(at_most));
                refused.map(|refused| (source.title(), refused)).collect::<Vec<_>>()
            });
            all.extend(listed.await?);
        }
        all.truncate(at_most);
        Ok(all)
    }

    fn sources(&self) -> Vec<SourceOf> {
        lock(&self.inner.post_sources).all.clone()
    }

    /// Looks at the sources as long as the process lives.
    pub(crate) async fn keep_taking_post(&self) {
        let mut look = interval(EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            if let Err(error) = self.take_post().await {
                tracing::error!(%error, "incoming post could not be taken; trying again");
            }
        }
    }

    /// Takes what lies at the sources.
    pub async fn take_post(&self) -> Result<PostTaken, SubmitError> {
        let mut sum = PostTaken::default();
        for (place, (tenant, source)) in self.sources().into_iter().enumerate() {
            let looked = source.clone();
            let names = match aside(move || looked.waiting()).await? {
                Ok(names) => names,
                Err(why) => {
                    tracing::error!(%tenant, source = source.title(), why, "a source of post cannot be read");
                    continue;
                }
            };
            self.forget_what_is_gone(place, &names);
            if names.is_empty() {
                continue;
            }
            let Some(release) = self.release_for_post(&tenant, (place, names.len())).await? else { continue };
            for name in self.next_names(place, names) {
                let waits = match self.take_one(&tenant, &release, &source, name.clone(), &mut sum).await {
                    Err(error) if error.is_of_database() => return Err(error),
                    // What is wrong with one letter, or one authority, keeps no other from coming in.
                    Err(error) => {
                        let source = source.title();
                        tracing::error!(%tenant, source, class = error.class(), "something that came in cannot be taken; trying again");
                        Some(not_now(error.class()))
                    }
                    Ok(waits) => waits,
                };
                self.note_waiting(place, Some(name), waits);
            }
        }
        Ok(sum)
    }

    /// The release that items of a source begin with. None: so many wait, and why is known.
    async fn release_for_post(
        &self,
        tenant: &TenantId,
        (place, count): (usize, usize),
    ) -> Result<Option<ReleaseId>, SubmitError> {
        let (found, why) = match self.item_release(tenant).await {
            Ok(Some(release)) => (Some(release), None),
            Ok(None) => {
                tracing::error!(%tenant, "post has come in, but the authority has no process of items in use");
                (None, Some(not_in_use(count)))
            }
            Err(error) if error.is_of_database() => return Err(error),
            Err(error) => {
                tracing::error!(%tenant, class = error.class(), "post has come in and cannot be taken; trying again");
                (None, Some(not_now(error.class())))
            }
        };
        self.note_waiting(place, None, why);
        Ok(found)
    }

    /// The names that are looked at now, behind those of the last look.
    fn next_names(&self, place: usize, mut names: Vec<String>) -> Vec<String> {
        let mut sources = lock(&self.inner.post_sources);
        let reached = sources.reached.get(&place);
        let begin = reached.map_or(0, |reached| names.partition_point(|name| name <= reached));
        names.rotate_left(begin);
        names.truncate(AT_ONCE);
        if let Some(last) = names.last() {
            sources.reached.insert(place, last.clone());
        }
        names
    }

    fn note_waiting(&self, place: usize, name: Option<String>, why: Option<Text>) {
        let mut sources = lock(&self.inner.post_sources);
        let waits = sources.waits.entry(place).or_default();
        match why {
            Some(why) => drop(waits.insert(name, why)),
            None => drop(waits.remove(&name)),
        }
    }

    fn forget_what_is_gone(&self, place: usize, names: &[String]) {
        let mut sources = lock(&self.inner.post_sources);
        let waits = sources.waits.entry(place).or_default();
        waits.retain(|name, _| match name {
            Some(name) => names.contains(name),
            None => !names.is_empty(),
        });
    }

    /// The release that new items begin with.
    async fn item_release(&self, tenant: &TenantId) -> Result<Option<ReleaseId>, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        for id in authority.current.values() {
            if self.release(tenant, id).await?.item {
                return Ok(Some(id.clone()));
            }
        }
        Ok(None)
    }

    /// Takes one thing. What stays says why.
    async fn take_one(
        &self,
        tenant: &TenantId,
        release: &ReleaseId,
        source: &Arc<dyn PostSource>,
        name: String,
        sum: &mut PostTaken,
    ) -> Result<Option<Text>, SubmitError> {
        let (reads, read) = (source.clone(), name.clone());
        let (id, next) = match aside(move || reads.read(&read)).await? {
            Ok(None) => return Ok(None),
            Ok(Some(arrived)) => (arrived.id.clone(), self.register(tenant, release, arrived).await?),
            Err(Unread::Refused(why)) => (String::new(), Next::Refused(why)),
            Err(Unread::Later(why)) => (String::new(), Next::Later(why)),
        };
        let source = source.clone();
        let title = source.title();
        let put = match next {
            Next::Taken => {
                sum.taken += 1;
                aside(move || source.taken(&name, &id)).await?.map_err(not_put_away)
            }
            Next::Refused(why) => {
                sum.refused += 1;
                // Why stands beside it; names of files may be names of people.
                tracing::warn!(%tenant, source = title, "something that came in cannot be taken and is put aside");
                aside(move || source.refuse(&name, &why)).await?.map_err(not_put_away)
            }
            Next::Later(why) => Err(why),
        };
        let waits = put.err();
        if let Some(Text { en, .. }) = &waits {
            // Its id tells next time whether it is there already.
            tracing::error!(%tenant, source = title, why = %en, "something that came in stays where it is; trying again");
        }
        Ok(waits)
    }

    /// Stores it as an item, unless it is one already.
    async fn register(
        &self,
        tenant: &TenantId,
        release: &ReleaseId,
        arrived: Arrived,
    ) -> Result<Next, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let case = timed_id(arrived.at, &["item", tenant.as_str(), &arrived.id]);
        // One that was erased does not come once more; it answers nothing else.
        if self.inner.store.erasure(tenant, case).await?.is_some()
            || self.inner.store.find_command(tenant, case, case.0).await?.is_some()
        {
            return Ok(Next::Taken);
        }
        let (documents, pieces) = match documents(&arrived, &authority.policy.document_kinds) {
            Ok(found) => found,
            Err(why) => return Ok(Next::Refused(why)),
        };
        let now = self.inner.clock.now();
        for bytes in pieces {
            let at_most = authority.policy.authority_bytes;
            match self.inner.store.put_document(tenant, case, bytes, at_most, now).await {
                Ok(_) => {}
                // Room is made by people; what came in waits for it.
                Err(error @ StoreError::NoRoom { .. }) => {
                    return Ok(Next::Later(error.text()));
                }
                Err(error @ StoreError::TooLarge { .. }) => return Ok(Next::Refused(error.text())),
                Err(error) => return Err(error.into()),
            }
        }
        let command = Command::StartCase {
            release: release.clone(),
            channel: arrived.channel.into(),
            data: data(&arrived),
            // A clock that is ahead must not keep a letter out.
            received_on: Some(day_of(arrived.at).min(day_of(now))),
            documents,
            caller: None,
        };
        self.begin_item(tenant, case, command).await
    }

    async fn begin_item(
        &self,
        tenant: &TenantId,
        case: CaseId,
        command: Command,
    ) -> Result<Next, SubmitError> {
        let request = Request { tenant: tenant.clone(), case, command_id: case.0, command };
        match self.submit(Actor::Connector("incoming-post".into()), request).await {
            Ok(_) => Ok(Next::Taken),
            Err(SubmitError::Rejected(rejection)) => Ok(Next::Refused(rejection.text())),
            Err(error) => Err(error),
        }
    }
}

fn not_in_use(count: usize) -> Text {
    Text::new(
        format!(
            "Hier warten Dateien ({count}), aber der Posteingang ist nicht im Einsatz; die Administration kann ihn unter „Verfahren“ wieder einsetzen."
        ),
        format!(
            "Files wait here ({count}), but the incoming post is not in use; the administration can deploy its process again."
        ),
    )
}

fn not_now(class: &str) -> Text {
    Text::new(
        format!(
            "Das wartet und wird wieder versucht ({class}). Bleibt es so, bitte die Administration fragen."
        ),
        format!("This waits and is tried again ({class}). If that goes on, please ask the administration."),
    )
}

fn not_put_away(why: String) -> Text {
    Text::new(
        format!("Das lässt sich nicht aus dem Ordner räumen, und wird wieder versucht: {why}"),
        format!("This cannot be put away, and is tried again: {why}"),
    )
}

/// The kind of a file, if the authority takes it.
fn checked(
    file: &ArrivedFile,
    allowed: &std::collections::BTreeSet<fachwerk_core::authority::DocumentKind>,
) -> Result<&'static str, Text> {
    if file.bytes.len() > MAX_DOCUMENT {
        let most = MAX_DOCUMENT / 1_000_000;
        return Err(Text::new(
            format!("größer als {most} MB. Bitte kleiner oder in Teilen schicken lassen"),
            format!("larger than {most} MB. Please have it sent smaller or in parts"),
        ));
    }
    if file.made_here {
        return Ok("text/plain");
    }
    document_kind::checked(&file.name, &file.media_type, &file.bytes, allowed).map_err(|refused| refused.why)
}

/// The documents of what came in, with their bytes. What the authority does not take is left out and said in the first one, or
/// nothing is taken.
fn documents(
    arrived: &Arrived,
    allowed: &std::collections::BTreeSet<fachwerk_core::authority::DocumentKind>,
) -> Result<(Vec<DocumentContent>, Vec<Vec<u8>>), Text> {
    let (mut taken, mut left_out) = (Vec::new(), String::new());
    let hint = ArrivedFile {
        name: "Hinweis.txt".into(),
        media_type: String::new(),
        bytes: Vec::new(),
        made_here: true,
    };
    for file in &arrived.files {
        match checked(file, allowed) {
            Ok(media_type) => taken.push((file, media_type, file.bytes.clone())),
            Err(why) if !arrived.lenient => return Err(why),
            Err(why) => left_out.push_str(&format!("\n- {}: {}", file.name, why.de)),
        }
    }
    if !left_out.is_empty() {
        let said = format!(
            "\n\n---\nNicht übernommen wurden diese Anhänge; sie liegen noch in der E-Mail im Postfach:{left_out}\n"
        );
        // What somebody sent stays as it came.
        match taken.first_mut().filter(|(file, ..)| file.made_here) {
            Some((.., bytes)) => bytes.extend(said.into_bytes()),
            None => taken.insert(0, (&hint, "text/plain", said.into_bytes())),
        }
    }
    let content = |(file, media_type, bytes): &(&ArrivedFile, &str, Vec<u8>)| DocumentContent {
        title: cut(&file.name).into(),
        media_type: (*media_type).into(),
        hash: Hash::of(bytes).to_string().into(),
        size: bytes.len() as u64,
        direction: Direction::Incoming,
        addressee: None,
        enclosures: Vec::new(),
    };
    Ok((taken.iter().map(content).collect(), taken.into_iter().map(|(.., bytes)| bytes).collect()))
}

fn data(arrived: &Arrived) -> Object {
    let said = [
        ("subject", Some(&arrived.subject)),
        ("sender", arrived.sender.as_ref()),
        ("email", arrived.email.as_ref()),
        ("source", Some(&arrived.source)),
    ];
    let said =
        said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(cut(value?)))));
    said.chain([(item::CONFIRMED.to_owned(), Value::Bool(false))]).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

/// Work with files, which may wait for a disk or a network.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, SubmitError> {
    tokio::task::spawn_blocking(work).await.map_err(|panic| SubmitError::Fault(panic.to_string()))
}
