//! Packages of blocks and their publishers, here and against a server.

use fachwerk_core::{
    authority::{Authority, AuthorityCommand},
    facts::Actor,
    package::Package,
    words::TenantId,
};
use fachwerk_runtime::{DeployError, Runtime};
use serde_json::{Value, json};

use super::{
    Outcome,
    here::{change, refusal, refused_deployment},
};
use crate::{
    Failure, connectors,
    remote::{Server, segment},
};

/// What is asked about packages.
pub enum PackageAsk {
    /// Install one.
    Install(Box<Package>),
    /// Take packages of a publisher: its public key, and what people call it.
    Trust(String, String),
    /// Take no more of them.
    Distrust(String),
    /// Whose are taken.
    Publishers,
}

/// Does it on the data of this machine.
pub async fn here(
    runtime: &Runtime,
    (tenant, authority, actor): (&TenantId, &Authority, Actor),
    ask: &PackageAsk,
) -> Result<Outcome, Failure> {
    match ask {
        PackageAsk::Install(package) => {
            let installed = runtime.install_package(tenant, actor, package, &connectors::simulated).await;
            match installed {
                Ok(installed) => {
                    let blocks =
                        installed.iter().map(|block| json!({ "id": block.block, "version": block.version }));
                    Ok(Outcome::Done(told(package, blocks.collect())))
                }
                Err(DeployError::Package(fault)) => {
                    Ok(Outcome::Refused(vec![refusal(fault.code(), &fault.text().en)]))
                }
                Err(error) => refused_deployment(error),
            }
        }
        PackageAsk::Trust(key, name) => {
            let command =
                AuthorityCommand::TrustPublisher { key: key.as_str().into(), name: name.as_str().into() };
            change(runtime, tenant, actor, command, json!({ "key": key, "trusted": true })).await
        }
        PackageAsk::Distrust(key) => {
            let command = AuthorityCommand::DistrustPublisher { key: key.as_str().into() };
            change(runtime, tenant, actor, command, json!({ "key": key, "trusted": false })).await
        }
        PackageAsk::Publishers => {
            let publishers = authority.publishers.iter();
            let row = |(key, publisher): (_, &fachwerk_core::authority::Publisher)| json!({ "key": key, "name": publisher.name, "at": publisher.at });
            Ok(Outcome::Done(publishers.map(row).collect()))
        }
    }
}

/// Does it against a server.
pub fn there(server: &Server, ask: &PackageAsk) -> Result<Outcome, Failure> {
    let answered = match ask {
        PackageAsk::Install(package) => {
            let body = serde_json::to_value(package).map_err(|error| error.to_string())?;
            let answer = server.request("POST", "/packages", &[], Some(body))?;
            answer.map(|body| told(package, body["blocks"].clone()))
        }
        PackageAsk::Trust(key, name) => {
            let path = format!("/publishers/{}", segment(key)?);
            let answer = server.request("PUT", &path, &[], Some(json!({ "name": name })))?;
            answer.map(|_| json!({ "key": key, "trusted": true }))
        }
        PackageAsk::Distrust(key) => {
            let answer = server.request("DELETE", &format!("/publishers/{}", segment(key)?), &[], None)?;
            answer.map(|_| json!({ "key": key, "trusted": false }))
        }
        PackageAsk::Publishers => server.request("GET", "/publishers", &[], None)?.map(|body| {
            let row = |row: &Value| json!({ "key": row["key"], "name": row["name"], "at": row["at"] });
            body.as_array().into_iter().flatten().map(row).collect()
        }),
    };
    Ok(match answered {
        Ok(answer) => Outcome::Done(answer),
        Err(reasons) => Outcome::Refused(reasons),
    })
}

fn told(package: &Package, blocks: Value) -> Value {
    json!({ "package": package.manifest.package, "version": package.manifest.version, "blocks": blocks })
}
