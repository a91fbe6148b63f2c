//! What would come of the cases of a run: when it is begun, and when it is signed. Nothing is stored.

use std::sync::Arc;

use fachwerk_core::{
    authority::RunFailure,
    case::Case,
    command::{Command, Request},
    definition::LETTER,
    event::{Direction, DocumentContent, EffectError},
    facts::Actor,
    words::{CaseId, InstanceId, Object, TenantId, Text, Value},
};
use uuid::Uuid;

use super::asked::{no_case, no_letters, no_signature, signatures, stays_behind};
use crate::{Made, Preview, Previewer, Rows, Runtime, SubmitError, authorities::ChangeError};

/// What would come of a case of a run.
#[derive(Clone, Debug)]
pub struct RunAhead {
    /// Its place in the list, from 0.
    pub place: u32,
    /// Its id.
    pub case: CaseId,
    /// What would come of it, or why nothing.
    pub came: Result<Preview, (Arc<str>, Text)>,
}

/// A case of a run as it waits for the signature.
#[derive(Clone, Debug)]
pub struct ToSign {
    /// Its place in the list, from 0.
    pub place: u32,
    /// Its id.
    pub case: CaseId,
    /// As it is now; none: there is no such case.
    pub known: Option<Arc<Case>>,
    /// The task, and what would come of it; or why it cannot be signed here.
    pub came: Result<(InstanceId, Preview), (Arc<str>, Text)>,
}

impl Runtime {
    /// What would come of some cases of a run when it is begun. Nothing is stored. `previewer`: makes the letters; none: they
    /// are counted only.
    pub async fn run_ahead(
        &self,
        tenant: &TenantId,
        actor: &Actor,
        number: u32,
        (rows, places): (Option<&Rows>, std::ops::Range<u32>),
        previewer: Option<Previewer>,
    ) -> Result<Vec<RunAhead>, ChangeError> {
        let run = self.run(tenant, number).await?;
        let mut ahead = Vec::new();
        for asked in self.asked(tenant, number, &run, (rows, places), actor).await? {
            let came = match asked.request {
                Ok(request) => self.tried(actor.clone(), &request, previewer).await?,
                Err(why) => Err(why),
            };
            ahead.push(RunAhead { place: asked.place, case: asked.case, came });
        }
        Ok(ahead)
    }

    /// Some cases of a run as somebody would sign them now. Nothing is stored.
    pub async fn run_to_sign(
        &self,
        tenant: &TenantId,
        actor: &Actor,
        number: u32,
        places: std::ops::Range<u32>,
    ) -> Result<Vec<ToSign>, ChangeError> {
        let run = self.run(tenant, number).await?;
        let cases = self.run_cases(tenant, number, &run).await?;
        let mut found = Vec::new();
        for (place, case) in (0_u32..).zip(cases).skip(places.start as usize).take(places.len()) {
            let (known, came) = match self.case(tenant, case).await {
                Ok(None) => (None, Err(no_case())),
                Ok(Some(known)) => {
                    let came = self.signed_ahead(tenant, actor, &known).await?;
                    (Some(known), came)
                }
                Err(error) => (None, Err(stays_behind(SubmitError::from(error))?)),
            };
            found.push(ToSign { place, case, known, came });
        }
        Ok(found)
    }

    /// Those of some cases that nobody has taken out: they cannot be signed now.
    pub(super) async fn not_ready(
        &self,
        tenant: &TenantId,
        actor: &Actor,
        cases: &[(CaseId, usize)],
    ) -> Result<Vec<RunFailure>, SubmitError> {
        let mut found = Vec::new();
        for (case, place) in cases {
            let came = match self.case(tenant, *case).await {
                Ok(None) => Err(no_case()),
                Ok(Some(known)) => self.signed_ahead(tenant, actor, &known).await?.map(|_| ()),
                Err(error) => Err(stays_behind(error.into())?),
            };
            if let Err((code, why)) = came {
                let place = u32::try_from(*place).unwrap_or(u32::MAX);
                found.push(RunFailure { place, line: None, case: *case, code, why });
            }
        }
        found.sort_by_key(|failure| failure.place);
        Ok(found)
    }

    async fn signed_ahead(
        &self,
        tenant: &TenantId,
        actor: &Actor,
        case: &Case,
    ) -> Result<Result<(InstanceId, Preview), (Arc<str>, Text)>, SubmitError> {
        let release = self.release(tenant, &case.release).await?;
        let mut signatures = signatures(&release, case);
        let (Some((task, values)), None) = (signatures.next(), signatures.next()) else {
            return Ok(Err(no_signature(case)));
        };
        let command = Command::CompleteTask { task, values, seen: Some(case.version), shown: None };
        let command_id = Uuid::now_v7();
        let request = Request { tenant: tenant.clone(), case: case.id, command_id, command };
        let tried = self.tried(actor.clone(), &request, None).await?;
        Ok(tried.and_then(|preview| match preview.shown {
            Some(_) => Ok((task, preview)),
            None => Err(no_letters()),
        }))
    }

    async fn tried(
        &self,
        actor: Actor,
        request: &Request,
        previewer: Option<Previewer>,
    ) -> Result<Result<Preview, (Arc<str>, Text)>, SubmitError> {
        match self.preview(actor, request, previewer.unwrap_or(counted)).await {
            Ok(preview) => Ok(Ok(preview)),
            Err(error) => stays_behind(error).map(Err),
        }
    }
}

/// A letter that is only counted.
fn counted(connector: &str, request: &Value) -> Option<Result<Made, EffectError>> {
    let said = |name: &str| request.get(name).and_then(Value::as_str);
    let direction = match said("direction") {
        Some("internal") => Direction::Internal,
        _ => Direction::Outgoing,
    };
    let content = DocumentContent {
        title: said("title").unwrap_or("–").chars().take(300).collect::<String>().into(),
        media_type: "application/pdf".into(),
        hash: "".into(),
        size: 0,
        direction,
        addressee: said("addressee").map(Into::into),
        enclosures: Vec::new(),
    };
    (connector == LETTER).then(|| Ok(Made { values: Object::new(), documents: vec![(content, Vec::new())] }))
}
