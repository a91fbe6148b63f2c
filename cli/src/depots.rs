//! The depots of this binary that are no folders: S3-compatible storage.

use std::{env, io, sync::Arc};

use fachwerk_core::words::Timestamp;
use fachwerk_runtime::clock::Clock;
use fachwerk_s3::{Bucket, Settings};
use fachwerk_store::Depot;

struct InBucket(Bucket);

impl Depot for InBucket {
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.put(name, bytes)
    }

    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.get(name)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }
}

/// Opens a depot by its address. The keys come from the environment only: a flag is seen by other users of the machine.
pub fn open(address: &str) -> io::Result<Arc<dyn Depot>> {
    let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
    if !address.starts_with("s3://") {
        return Err(wrong("there are `database`, a folder, named in full, and `s3://bucket/prefix`".into()));
    }
    let said = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let needed = |name: &str| said(name).ok_or_else(|| wrong(format!("{name} is not set")));
    let settings = Settings {
        endpoint: said("FACHWERK_S3_ENDPOINT"),
        region: said("AWS_REGION"),
        key: needed("AWS_ACCESS_KEY_ID")?,
        secret: needed("AWS_SECRET_ACCESS_KEY")?,
        token: said("AWS_SESSION_TOKEN"),
        now,
    };
    Ok(Arc::new(InBucket(Bucket::open(address, &settings)?)))
}

/// What time it is outside, also in a demo.
fn now() -> Timestamp {
    Clock::system().now()
}
