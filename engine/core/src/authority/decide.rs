//! What happens to an authority when something is asked, or why it is refused.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    ADMINISTRATOR, Authority, AuthorityCommand, AuthorityEvent, AuthorityRejection, DESIGNER, InstalledBlock,
    NewBlock, PackageOrigin, Person, Profile, TokenGrant,
};
use crate::{
    decide::MAX_REASON,
    facts::Actor,
    keeping::Retention,
    words::{Date, PersonId, ProcessId, ReleaseId, RoleId, Text, TokenId},
};

/// Characters of the key of a message.
const MAX_KEY: usize = 500;

/// Characters of the name of a day off.
const MAX_NAME_OF_DAY: usize = 100;

/// Characters of the provision that orders a day off.
const MAX_NORM_OF_DAY: usize = 200;
/// Days off that no law knows, of an authority.
const MAX_DAYS_OFF: usize = 1_000;

/// None: it is already so.
pub(super) type Decided = Result<Option<AuthorityEvent>, AuthorityRejection>;

/// What happens to an authority when this is asked, or why it is refused.
pub fn decide_authority(
    authority: &Authority,
    command: &AuthorityCommand,
    actor: &Actor,
    today: Date,
) -> Result<Vec<AuthorityEvent>, AuthorityRejection> {
    if let AuthorityCommand::Found { profile } = command {
        return match (authority.version, actor) {
            (0, Actor::Engine) => founded(profile),
            (0, _) => Err(AuthorityRejection::NotAllowed),
            _ => Err(AuthorityRejection::Exists),
        };
    }
    if authority.version == 0 {
        return Err(AuthorityRejection::Unknown);
    }
    if let AuthorityCommand::Run { run, command } = command {
        authority.may_run(*run, command, actor, today)?;
        return authority.decide_run(*run, command.clone(), actor);
    }
    authority.check_right(command, actor)?;
    let decided = match command.clone() {
        AuthorityCommand::Found { .. } | AuthorityCommand::Run { .. } => Ok(None),
        AuthorityCommand::SetPerson { person, name, roles, active } => {
            authority.set_person(person, name, roles, active)
        }
        AuthorityCommand::ChangeSettings { process, values } => {
            authority.in_use(&process)?;
            Ok(Some(AuthorityEvent::SettingsChanged { process, values }))
        }
        AuthorityCommand::SetProfile { profile } => {
            profile.check()?;
            Ok((profile != *authority.profile).then_some(AuthorityEvent::ProfileSet { profile }))
        }
        AuthorityCommand::AddDayOff { day, name, norm } => authority.add_day_off(day, name, norm),
        AuthorityCommand::RemoveDayOff { day } => match authority.days_off.contains_key(&day) {
            true => Ok(Some(AuthorityEvent::HolidayRemoved { day })),
            false => Err(AuthorityRejection::DayOffUnknown),
        },
        AuthorityCommand::SetLawRow { table, id, row, checked } => {
            authority.set_law_row((table, id), row, checked, actor)
        }
        AuthorityCommand::RemoveLawRow { table, id } => authority.remove_law_row(table, id),
        AuthorityCommand::FollowCases { version, norms } => match actor {
            Actor::Engine => {
                let open = authority.following.changed(norms).is_some();
                Ok(open.then_some(AuthorityEvent::CasesFollowed { version, norms }))
            }
            _ => Err(AuthorityRejection::NotAllowed),
        },
        AuthorityCommand::InstallBlocks { blocks, package } => {
            let trusted = |package: &PackageOrigin| authority.publishers.contains_key(&package.key);
            if !package.as_ref().is_none_or(trusted) {
                return Err(AuthorityRejection::PublisherUnknown);
            }
            let installed = blocks.into_iter().map(|new| authority.install_block(new, package.as_ref()));
            return Ok(installed.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect());
        }
        AuthorityCommand::Deploy {
            process,
            version,
            release,
            title,
            files,
            despite,
            concerns,
            retention,
        } => {
            let deployed = authority.may_deploy(&process, &version, &release)?;
            let despite = despite.as_deref().map(good_reason).transpose()?;
            Ok((!deployed).then_some(AuthorityEvent::ReleaseDeployed {
                process,
                version,
                release,
                title,
                files,
                despite,
                concerns,
                retention,
            }))
        }
        AuthorityCommand::TrustPublisher { key, name } => authority.trust_publisher(key, &name),
        AuthorityCommand::DistrustPublisher { key } => authority.distrust_publisher(key),
        AuthorityCommand::SetRetention { process, retention } => authority.set_retention(process, retention),
        AuthorityCommand::SetPolicy(policy) => {
            policy.check()?;
            Ok((policy != authority.policy).then_some(AuthorityEvent::PolicySet { policy }))
        }
        AuthorityCommand::Retire { process } => {
            if authority.retired.contains_key(&process) {
                return Ok(Vec::new());
            }
            authority.in_use(&process)?;
            Ok(Some(AuthorityEvent::ProcessRetired { process }))
        }
        AuthorityCommand::Reinstate { process } => {
            if authority.retired.contains_key(&process) {
                return Ok(vec![AuthorityEvent::ProcessReinstated { process }]);
            }
            authority.in_use(&process).map(|()| None)
        }
        AuthorityCommand::RetireBlock { block, version } => authority.retire_block(block, version),
        AuthorityCommand::ReinstateBlock { block, version } => {
            let installed = authority.installed(&block, &version).ok_or(AuthorityRejection::BlockUnknown)?;
            Ok(installed.retired.then_some(AuthorityEvent::BlockReinstated { block, version }))
        }
        AuthorityCommand::IssueToken { token, grant } => {
            authority.check_token(&token, &grant)?;
            Ok(Some(AuthorityEvent::TokenIssued { token, issued: grant }))
        }
        AuthorityCommand::RevokeToken { token } => match authority.tokens.contains_key(&token) {
            true => Ok(Some(AuthorityEvent::TokenRevoked { token })),
            false => Err(AuthorityRejection::TokenUnknown),
        },
        AuthorityCommand::Substitute(substitution) => {
            authority.check_substitution(&substitution)?;
            // The same again is the same.
            let known = authority.substitutions.values().any(|known| *known == substitution);
            let number = authority.last_substitution + 1;
            Ok((!known).then_some(AuthorityEvent::SubstitutionBegun { number, substitution }))
        }
        AuthorityCommand::EndSubstitution { number } => match authority.substitutions.get(&number) {
            Some(known) => {
                Ok(Some(AuthorityEvent::SubstitutionEnded { number, substitution: known.clone() }))
            }
            None => Err(AuthorityRejection::SubstitutionUnknown),
        },
        AuthorityCommand::ResumeWork => Ok(Some(AuthorityEvent::WorkResumed {})),
        AuthorityCommand::ReaddressMessage { message, to, reason } => {
            let reason = good_reason(&reason)?;
            if to.trim().is_empty() || to.chars().count() > MAX_KEY || *to == *message.key {
                return Err(AuthorityRejection::KeyInvalid);
            }
            Ok(Some(AuthorityEvent::MessageReaddressed { message, to, reason }))
        }
        AuthorityCommand::DiscardMessage { message, reason } => {
            let reason = good_reason(&reason)?;
            Ok(Some(AuthorityEvent::MessageDiscarded { message, reason }))
        }
    };
    Ok(decided?.into_iter().collect())
}

/// Its name and place were events from the first format on; all else that is known goes into a second one.
fn founded(profile: &Profile) -> Result<Vec<AuthorityEvent>, AuthorityRejection> {
    profile.check()?;
    let Some(place) = profile.place.clone() else { return Err(AuthorityRejection::ProfileInvalid("place")) };
    let plain = Profile::of(profile.name.clone(), place.clone());
    let more = (plain != *profile).then(|| AuthorityEvent::ProfileSet { profile: profile.clone() });
    let begun = AuthorityEvent::Founded { title: plain.name, place };
    Ok([begun].into_iter().chain(more).collect())
}

pub(super) fn good_reason(reason: &str) -> Result<Arc<str>, AuthorityRejection> {
    let reason = reason.trim();
    let good = !reason.is_empty() && reason.chars().count() <= MAX_REASON;
    good.then(|| reason.into()).ok_or(AuthorityRejection::ReasonInvalid)
}

impl Authority {
    fn in_use(&self, process: &ProcessId) -> Result<(), AuthorityRejection> {
        self.current.contains_key(process).then_some(()).ok_or(AuthorityRejection::ProcessUnknown)
    }

    fn set_person(&self, person: PersonId, name: Arc<str>, roles: BTreeSet<RoleId>, active: bool) -> Decided {
        self.check_person(&person, &name, &roles, active)?;
        let set = Person { name: name.clone(), roles: Arc::new(roles.clone()), active };
        let known = self.people.get(&person) == Some(&set);
        Ok((!known).then_some(AuthorityEvent::PersonSet { person, name, roles, active }))
    }

    fn set_retention(&self, process: ProcessId, retention: Option<Retention>) -> Decided {
        if !self.retired.contains_key(&process) {
            self.in_use(&process)?;
        }
        // Nobody means to keep cases for no time at all; processes that say so were deployed before, and stay readable.
        if !retention.as_ref().is_none_or(|retention| retention.years > 0 && retention.is_possible()) {
            return Err(AuthorityRejection::RetentionInvalid);
        }
        let known = self.retentions.get(&process) == retention.as_ref();
        Ok((!known).then_some(AuthorityEvent::RetentionSet { process, retention }))
    }

    fn add_day_off(&self, day: Date, name: Text, norm: Arc<str>) -> Decided {
        let named = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_NAME_OF_DAY;
        let years = 1990..=2199;
        let cited = !norm.trim().is_empty() && norm.chars().count() <= MAX_NORM_OF_DAY;
        if !named(&name.de) || !named(&name.en) || !cited || !years.contains(&day.year()) {
            return Err(AuthorityRejection::DayOffInvalid);
        }
        let norm = Some(norm);
        let known = self.days_off.get(&day).is_some_and(|known| known.name == name && known.norm == norm);
        if !known && self.days_off.len() >= MAX_DAYS_OFF {
            return Err(AuthorityRejection::DayOffInvalid);
        }
        Ok((!known).then_some(AuthorityEvent::HolidayAdded { day, name, norm }))
    }

    fn install_block(
        &self,
        NewBlock { block, version, files }: NewBlock,
        package: Option<&PackageOrigin>,
    ) -> Decided {
        if let Some(package) = package {
            // Whoever vouches for a block vouches for all that will be called so.
            let of_others =
                |known: &InstalledBlock| known.package.as_ref().is_none_or(|of| of.key != package.key);
            if self.blocks.get(&block).is_some_and(|versions| versions.values().any(of_others)) {
                return Err(AuthorityRejection::BlockOfAnother(block));
            }
        }
        match self.installed(&block, &version) {
            Some(known) if known.files != files => Err(AuthorityRejection::VersionTaken),
            Some(known) => Ok(known.retired.then_some(AuthorityEvent::BlockReinstated { block, version })),
            None => {
                Ok(Some(AuthorityEvent::BlockInstalled { block, version, files, package: package.cloned() }))
            }
        }
    }

    fn retire_block(&self, block: Arc<str>, version: Arc<str>) -> Decided {
        let installed = self.installed(&block, &version).ok_or(AuthorityRejection::BlockUnknown)?;
        if self.users_of(&block, &version).next().is_some() {
            return Err(AuthorityRejection::BlockInUse);
        }
        Ok((!installed.retired).then_some(AuthorityEvent::BlockRetired { block, version }))
    }

    /// Whether exactly this release is in use already; refused when the version is another release.
    fn may_deploy(
        &self,
        process: &ProcessId,
        version: &str,
        release: &ReleaseId,
    ) -> Result<bool, AuthorityRejection> {
        let others = self.releases.iter().filter(|(id, known)| known.process == *process && *id != release);
        if others.into_iter().any(|(_, known)| &*known.version == version) {
            return Err(AuthorityRejection::VersionTaken);
        }
        Ok(self.current.get(process) == Some(release))
    }

    fn check_right(&self, command: &AuthorityCommand, actor: &Actor) -> Result<(), AuthorityRejection> {
        let Actor::Person(person) = actor else { return Ok(()) };
        let may = self.may_ask(command, person, |role| self.holds(person, role));
        if may { Ok(()) } else { Err(AuthorityRejection::NotAllowed) }
    }

    /// Whether somebody may ask for this with roles that they hold, or that a token of theirs has: it may have fewer.
    pub fn may_ask(
        &self,
        command: &AuthorityCommand,
        person: &PersonId,
        holds: impl Fn(&'static str) -> bool,
    ) -> bool {
        let deploys = matches!(
            command,
            AuthorityCommand::Deploy { .. }
                | AuthorityCommand::Retire { .. }
                | AuthorityCommand::Reinstate { .. }
        );
        // Whoever is away says who stands in.
        let absent = match command {
            AuthorityCommand::Substitute(substitution) => Some(&substitution.absent),
            AuthorityCommand::EndSubstitution { number } => {
                self.substitutions.get(number).map(|known| &known.absent)
            }
            _ => None,
        };
        holds(ADMINISTRATOR) || (deploys && holds(DESIGNER)) || absent == Some(person)
    }

    fn check_person(
        &self,
        person: &PersonId,
        name: &str,
        roles: &BTreeSet<RoleId>,
        active: bool,
    ) -> Result<(), AuthorityRejection> {
        let login = |text: &str| {
            let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
            (1..=64).contains(&text.len()) && text.chars().all(good)
        };
        let named = !name.trim().is_empty() && name.chars().count() <= 200;
        if !login(person.as_str()) || !named || !roles.iter().all(|role| login(role.as_str())) {
            return Err(AuthorityRejection::NameInvalid);
        }
        let others = self
            .people
            .iter()
            .any(|(id, known)| id != person && known.active && known.roles.contains(ADMINISTRATOR));
        let stays = active && roles.contains(ADMINISTRATOR);
        if self.holds(person, ADMINISTRATOR) && !others && !stays {
            return Err(AuthorityRejection::LastAdministrator);
        }
        Ok(())
    }

    fn check_token(&self, token: &TokenId, grant: &TokenGrant) -> Result<(), AuthorityRejection> {
        let named = !grant.name.trim().is_empty() && grant.name.chars().count() <= 100;
        let owner = self.people.get(&grant.person).filter(|person| person.active);
        let covered = owner.is_some_and(|person| grant.roles.is_subset(&person.roles));
        if named && covered && !self.tokens.contains_key(token) {
            Ok(())
        } else {
            Err(AuthorityRejection::TokenInvalid)
        }
    }
}
