//! The streams of the authorities: kept in memory, brought up to the database when asked for, changed by commands.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_core::{
    authority::{
        ADMINISTRATOR, Authority, AuthorityCommand, AuthorityRejection, AuthorityTurn, FileList, Profile,
        decide_authority,
    },
    facts::{Actor, day_of},
    language::Folder,
    words::{PersonId, RoleId, TenantId},
};
use fachwerk_store::{Appended, StoreError};
use uuid::Uuid;

use crate::{
    Committed, Runtime, SubmitError,
    submit::{MOST_TRIES, lock},
    writer::Outcome,
};

/// Turns that are read at once.
const TURNS_AT_ONCE: u32 = 500;

/// What a new authority is.
#[derive(Clone, Debug)]
pub struct Founding {
    /// Its id.
    pub tenant: TenantId,
    /// Who it is, as far as is known.
    pub profile: Profile,
    /// Its first administrator.
    pub administrator: PersonId,
    /// Their name.
    pub name: Arc<str>,
}

impl Founding {
    /// Whether an authority that is there has begun so.
    pub fn is_of(&self, known: &Authority) -> bool {
        *known.profile == self.profile
    }
}

impl Runtime {
    /// An authority as it is now, whoever changed it: what is kept in memory is brought up to the database. That costs one
    /// read by the key of the journal when nothing changed.
    pub async fn authority(&self, tenant: &TenantId) -> Result<Option<Arc<Authority>>, StoreError> {
        let Some(mut authority) = self.known_authority(tenant) else {
            let Some(authority) = self.inner.store.authority(tenant).await? else { return Ok(None) };
            return Ok(Some(self.keep_authority(tenant, Arc::new(authority))));
        };
        loop {
            let turns = self.inner.store.authority_turns(tenant, authority.version, TURNS_AT_ONCE).await?;
            if turns.is_empty() {
                return Ok(Some(self.keep_authority(tenant, authority)));
            }
            let newer = Arc::make_mut(&mut authority);
            for stored in turns {
                stored.turn.apply(newer);
            }
        }
    }

    /// An authority that has at least this version; with it, somebody has seen it in the database.
    pub async fn authority_since(
        &self,
        tenant: &TenantId,
        version: u64,
    ) -> Result<Option<Arc<Authority>>, StoreError> {
        match self.known_authority(tenant).filter(|known| known.version >= version) {
            Some(known) => Ok(Some(known)),
            None => self.authority(tenant).await,
        }
    }

    /// An authority as this process knows it: good for what the transaction looks at again.
    pub(crate) fn known_authority(&self, tenant: &TenantId) -> Option<Arc<Authority>> {
        lock(&self.inner.authorities).get(tenant).cloned()
    }

    /// Keeps an authority in memory, and gives back the newest one: a slow load must not bring an older one back.
    fn keep_authority(&self, tenant: &TenantId, authority: Arc<Authority>) -> Arc<Authority> {
        let mut authorities = lock(&self.inner.authorities);
        let known = authorities.entry(tenant.clone()).or_insert_with(|| authority.clone());
        if known.version < authority.version {
            *known = authority;
        }
        known.clone()
    }

    /// Sets an authority up, with its first administrator; or goes on with that where it was broken off in between.
    pub async fn found(&self, founding: Founding) -> Result<(), ChangeError> {
        let known = self.authority(&founding.tenant).await?.filter(|known| founding.is_of(known));
        let Founding { tenant, profile, administrator, name } = founding;
        let known = match known {
            Some(known) => known,
            None => {
                let command = AuthorityCommand::Found { profile };
                self.change(&tenant, Actor::Engine, Uuid::now_v7(), command).await?
            }
        };
        if known.holds(&administrator, ADMINISTRATOR) {
            return Ok(());
        }
        let roles = BTreeSet::from([RoleId::from(ADMINISTRATOR)]);
        let command = AuthorityCommand::SetPerson { person: administrator, name, roles, active: true };
        self.change(&tenant, Actor::Engine, Uuid::now_v7(), command).await?;
        Ok(())
    }

    /// Asks an authority. Nothing is committed when nothing changes. As with commands of cases, what others were faster with is
    /// decided anew, and of an unknown commit the id of the command tells what came of it.
    pub async fn change(
        &self,
        tenant: &TenantId,
        actor: Actor,
        command_id: Uuid,
        command: AuthorityCommand,
    ) -> Result<Arc<Authority>, ChangeError> {
        for _ in 0..MOST_TRIES {
            let before = self.authority(tenant).await?.unwrap_or_default();
            let events = match decide_authority(&before, &command, &actor, day_of(self.clock().now())) {
                Ok(events) => events,
                // What it asks for cannot be done twice: it may be done.
                Err(rejection) => match self.carried_out(tenant, None, command_id).await? {
                    Some(_) => return Ok(self.authority(tenant).await?.unwrap_or_default()),
                    None => return Err(rejection.into()),
                },
            };
            if events.is_empty() {
                return Ok(before);
            }
            let turn = AuthorityTurn {
                tenant: tenant.clone(),
                version: before.version + 1,
                command_id,
                actor: actor.clone(),
                now: self.inner.clock.now(),
                events,
            };
            let outcome = match self.inner.store.append_authority(&turn).await {
                Ok(Appended::Committed { position }) => return Ok(self.changed(&before, &turn, position)),
                Ok(appended) => Outcome::of(appended, turn.version),
                Err(error) => Outcome::Failed(error),
            };
            if self.came_of(tenant, None, command_id, outcome).await?.is_some() {
                return Ok(self.authority(tenant).await?.unwrap_or_default());
            }
        }
        Err(SubmitError::Contended.into())
    }

    /// Keeps an authority in memory as it is after a turn that is stored, and tells whoever listens.
    fn changed(&self, before: &Authority, turn: &AuthorityTurn, position: u64) -> Arc<Authority> {
        let mut after = before.clone();
        turn.apply(&mut after);
        let after = Arc::new(after);
        let tenant = turn.tenant.clone();
        self.keep_authority(&tenant, after.clone());
        self.announce(vec![Committed {
            tenant,
            case: None,
            version: turn.version,
            position,
            repeated: false,
        }]);
        after
    }

    /// Puts the files of a folder into the store, under names that begin with `prefix`.
    pub async fn keep_files(
        &self,
        tenant: &TenantId,
        prefix: &str,
        folder: &Folder,
    ) -> Result<FileList, StoreError> {
        let mut files = FileList::new();
        for (name, bytes) in &folder.files {
            let hash = self.inner.store.put_blob(tenant, bytes.to_vec()).await?;
            files.insert(format!("{prefix}{name}").into(), hash.to_string().into());
        }
        Ok(files)
    }

    /// The files under names that begin with `prefix`.
    pub async fn files(
        &self,
        tenant: &TenantId,
        files: &FileList,
        prefix: &str,
    ) -> Result<Folder, StoreError> {
        let mut folder = Folder { name: prefix.trim_end_matches('/').into(), ..Folder::default() };
        for (name, hash) in files {
            if let Some(name) = name.strip_prefix(prefix)
                && let Ok(hash) = hash.parse()
                && let Some(bytes) = self.inner.store.blob(tenant, &hash).await?
            {
                folder.files.insert(name.into(), bytes.into());
            }
        }
        Ok(folder)
    }
}

/// Why an authority was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It is not allowed; nothing changed. Handling: tell the person who asked.
    #[error("rejected: {0:?}")]
    Rejected(AuthorityRejection),
    /// As for commands.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

impl From<AuthorityRejection> for ChangeError {
    fn from(rejection: AuthorityRejection) -> Self {
        ChangeError::Rejected(rejection)
    }
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        ChangeError::Submit(error.into())
    }
}
