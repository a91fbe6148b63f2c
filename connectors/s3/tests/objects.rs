//! Objects in a storage that checks signatures, and what goes wrong with them.

mod storage;

use fachwerk_s3::{Bucket, Settings};
use storage::{BUCKET, KEY, REGION, SECRET, Storage, Trouble};

fn settings(storage: &Storage) -> Settings {
    Settings {
        endpoint: Some(storage.endpoint.clone()),
        region: Some(REGION.into()),
        key: KEY.into(),
        secret: SECRET.into(),
        token: None,
        now: || "2026-11-26T08:00:00Z".parse().expect("an instant"),
    }
}

fn open(prefix: &str, settings: &Settings) -> Bucket {
    Bucket::open(&format!("s3://{BUCKET}{prefix}"), settings).expect("an address")
}

#[test]
fn objects_are_kept_and_removed() {
    let storage = Storage::start();
    let [whole, part] = ["", "/a/b"].map(|prefix| open(prefix, &settings(&storage)));
    let large: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    for (bucket, name, bytes) in [
        (&whole, "musterstadt/ab/cdef", &b"one"[..]),
        (&part, "musterstadt/ab/cdef", b"two"),
        (&part, "empty", b""),
        (&part, "large", &large),
    ] {
        assert_eq!(bucket.get(name).expect("an answer"), None);
        bucket.put(name, bytes).expect("kept");
        assert!(bucket.get(name).expect("an answer").as_deref() == Some(bytes), "{name}");
    }
    let keys: Vec<String> = storage.state().objects.keys().cloned().collect();
    assert_eq!(keys, ["a/b/empty", "a/b/large", "a/b/musterstadt/ab/cdef", "musterstadt/ab/cdef"]);
    part.remove("musterstadt/ab/cdef").expect("removed");
    part.remove("musterstadt/ab/cdef").expect("removed before");
    assert_eq!(part.get("musterstadt/ab/cdef").expect("an answer"), None);
    assert_eq!(whole.get("musterstadt/ab/cdef").expect("an answer").as_deref(), Some(&b"one"[..]));
    let with_token = Settings { token: Some("for an hour".into()), ..settings(&storage) };
    open("", &with_token).put("token", b"x").expect("the token is signed as well");
}

#[test]
fn one_trouble_is_passed_over() {
    let storage = Storage::start();
    let bucket = open("", &settings(&storage));
    for trouble in [Trouble::Busy, Trouble::CutAfter] {
        let once = |work: &dyn Fn() -> std::io::Result<Option<Vec<u8>>>, expected: Option<&[u8]>| {
            storage.state().troubles.push(trouble);
            assert_eq!(work().expect("the second time").as_deref(), expected, "{trouble:?}");
            assert_eq!(storage.state().troubles, []);
        };
        once(&|| bucket.put("name", b"text").map(|()| None), None);
        once(&|| bucket.get("name"), Some(b"text"));
        once(&|| bucket.remove("name").map(|()| None), None);
        once(&|| bucket.get("name"), None);
        storage.state().troubles.extend([trouble; 2]);
        let error = bucket.put("name", b"text").expect_err("twice is too much").to_string();
        assert_eq!(error.contains("503 SlowDown"), trouble == Trouble::Busy, "{error}");
        bucket.remove("name").expect("removed");
    }
}

#[test]
fn what_is_wrong_is_said_without_the_secret() {
    let storage = Storage::start();
    let good = settings(&storage);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let nobody = format!("http://{}", nobody.expect("a port that was free"));
    for (address, settings, says) in [
        ("s3://akten", Settings { secret: "another".into(), ..good.clone() }, "403 SignatureDoesNotMatch"),
        ("s3://akten", Settings { key: "another".into(), ..good.clone() }, "403 SignatureDoesNotMatch"),
        ("s3://akten", Settings { region: None, ..good.clone() }, "403 SignatureDoesNotMatch"),
        ("s3://another", good.clone(), "404 NoSuchBucket"),
        ("s3://akten", Settings { endpoint: Some(nobody), ..good.clone() }, "refused"),
    ] {
        let bucket = Bucket::open(address, &settings).expect("an address");
        for error in [
            bucket.put("name", b"text").expect_err("refused"),
            bucket.get("name").expect_err("refused"),
            bucket.remove("name").expect_err("refused"),
        ] {
            let error = error.to_string();
            assert!(error.to_lowercase().contains(&says.to_lowercase()), "{error}");
            assert!(!error.contains(&settings.secret) && !error.contains("AWS4"), "{error}");
        }
    }
    assert_eq!(storage.state().asked, Vec::<String>::new());
}
